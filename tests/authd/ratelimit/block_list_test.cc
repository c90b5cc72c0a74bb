#include "authd/ratelimit/block_list.h"

#include <gtest/gtest.h>

#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

constexpr WallTime kNow = test::ManualClock::kStart;
constexpr Duration kHour = std::chrono::hours(1);

Block block_of(std::string_view network, Duration lasting = kHour, std::string reason = "r") {
  return {Cidr::parse(network).value(), kNow + lasting, std::move(reason), "admin"};
}

std::string found(const BlockList& list, std::string_view address, WallTime now = kNow) {
  const auto block = list.find(IpAddress::parse(address).value(), now);
  return block ? block->network.text() + " " + block->reason : "";
}

TEST(BlockList, TellsTheNarrowestBlockInForce) {
  BlockList list;
  for (const Block& block :
       {block_of("198.51.0.0/16", 3 * kHour, "wide"), block_of("198.51.100.0/24", 2 * kHour, "narrow"),
        block_of("198.51.100.7", kHour, "one"), block_of("2001:db8::/32", kHour, "six")}) {
    ASSERT_TRUE(list.add(block, kNow));
  }
  struct Row {
    const char* address;
    int minutes;
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{{"198.51.100.7", 0, "198.51.100.7/32 one"},
                                         {"::ffff:198.51.100.7", 0, "198.51.100.7/32 one"},
                                         {"198.51.100.7", 60, "198.51.100.0/24 narrow"},
                                         {"198.51.100.7", 120, "198.51.0.0/16 wide"},
                                         {"198.51.100.7", 180, ""},
                                         {"198.51.100.8", 0, "198.51.100.0/24 narrow"},
                                         {"198.51.101.8", 0, "198.51.0.0/16 wide"},
                                         {"198.52.0.0", 0, ""},
                                         {"2001:db8:ffff::1", 0, "2001:db8::/32 six"},
                                         {"2001:db9::1", 0, ""}}) {
    EXPECT_EQ(found(list, row.address, kNow + std::chrono::minutes(row.minutes)), row.expected)
        << row.address;
  }
}

TEST(BlockList, KeepsOneEntryANetworkAndTheEndThatAPersonAsksFor) {
  BlockList list(1);
  ASSERT_TRUE(list.add(block_of("198.51.100.7/24", 2 * kHour, "first"), kNow));
  ASSERT_TRUE(list.add(block_of("198.51.100.200/24", kHour, "second"), kNow));
  EXPECT_EQ(list.size(), 1U);
  EXPECT_EQ(found(list, "198.51.100.1"), "198.51.100.0/24 second");
  EXPECT_EQ(found(list, "198.51.100.1", kNow + kHour), "");
  ASSERT_TRUE(list.add(block_of("203.0.113.0/24", 3 * kHour), kNow + kHour)) << "there is room from then on";
  ASSERT_TRUE(list.remove(Cidr::parse("203.0.113.0/24").value()));
  ASSERT_TRUE(list.add(block_of("198.51.100.0/24", kHour, "third"), kNow));
  EXPECT_TRUE(list.remove(Cidr::parse("198.51.100.99/24").value()));
  EXPECT_FALSE(list.remove(Cidr::parse("198.51.100.99/24").value()));
  EXPECT_EQ(found(list, "198.51.100.1"), "");
}

TEST(BlockList, AMappedNetworkIsTheIpv4OneItStandsFor) {
  BlockList list;
  ASSERT_TRUE(list.add(block_of("::ffff:198.51.100.0/120"), kNow));
  EXPECT_EQ(found(list, "198.51.100.9"), "198.51.100.0/24 r");
  EXPECT_EQ(found(list, "198.51.101.9"), "");
}

TEST(BlockList, RefusesWhatWouldShutEverybodyOutOrNobody) {
  BlockList list;
  for (const char* const network : {"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15", "::ffff:0.0.0.0/96"}) {
    EXPECT_EQ(list.add(block_of(network), kNow).error().kind, ErrorKind::InvalidInput) << network;
  }
  EXPECT_FALSE(list.add(block_of("192.0.2.1", Duration::zero()), kNow));
  EXPECT_TRUE(list.add(block_of("10.0.0.0/8"), kNow));
  EXPECT_TRUE(list.add(block_of("2001::/16"), kNow));
}

TEST(BlockList, IsBoundedAndMakesRoomFromWhatIsOver) {
  BlockList list(3);
  for (const char* const address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    ASSERT_TRUE(list.add(block_of(address), kNow));
  }
  EXPECT_EQ(list.add(block_of("192.0.2.4"), kNow).error().kind, ErrorKind::Unavailable);
  EXPECT_TRUE(list.add(block_of("192.0.2.3", 2 * kHour), kNow)) << "an entry that is there needs no room";
  EXPECT_TRUE(list.add(block_of("192.0.2.4", 2 * kHour), kNow + kHour));
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(list.in_force(kNow + kHour).size(), 2U);
  EXPECT_EQ(list.expire(kNow + 2 * kHour), 2U);
  EXPECT_EQ(found(list, "192.0.2.4"), "");
}

TEST(BlockTime, IsAnHourWhereNothingIsSaidAndAYearAtMost) {
  EXPECT_EQ(block_time("").value(), std::chrono::hours(1));
  EXPECT_EQ(block_time("365d").value(), std::chrono::hours(24 * 365));
  for (const char* text : {"0s", "366d", "20y", "290y", "soon"})
    EXPECT_EQ(block_time(text).error().kind, ErrorKind::InvalidInput) << text;
}

}  // namespace
}  // namespace picket::authd
