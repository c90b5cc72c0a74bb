#include "authd/accounts/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

TEST(Ids, AreUuidsOfVersionSeven) {
  const test::ManualClock clock;
  SystemRandom random;
  Ids ids(clock, random);
  const std::string id = ids.next();
  ASSERT_EQ(id.size(), 36U);
  // 2026-01-05 12:00:00 UTC is 1767614400000 ms, 0x019B8DF5_3C00 in 48 bits.
  EXPECT_EQ(id.substr(0, 18), fmt::format("{:08x}-{:04x}-7000", 1767614400000 >> 16, 1767614400000 & 0xFFFF));
  EXPECT_EQ(id[18], '-');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
  EXPECT_EQ(id[23], '-');
}

TEST(Ids, SortByCreationWithinOneMillisecondAndWhenTheClockGoesBack) {
  test::ManualClock clock;
  SystemRandom random;
  Ids ids(clock, random);
  std::vector<std::string> made;
  constexpr int kMoreThanTheCounterHolds = 10000;
  made.reserve(kMoreThanTheCounterHolds + 10);
  for (int i = 0; i < kMoreThanTheCounterHolds; ++i) made.push_back(ids.next());
  clock.step_wall(std::chrono::hours(-1));
  for (int i = 0; i < 10; ++i) made.push_back(ids.next());
  EXPECT_TRUE(std::ranges::is_sorted(made));
  EXPECT_EQ(std::set<std::string>(made.begin(), made.end()).size(), made.size());
}

}  // namespace
}  // namespace picket::authd
