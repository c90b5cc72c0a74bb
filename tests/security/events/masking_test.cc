// What is left of addresses and accounts for those who have not said who they are.
#include "exporters/security/events/masking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/crypto/random.h"
#include "base/json/json.h"
#include "tests/security/events/sample_events.h"

namespace picket::security {
namespace {

using test::event;

TEST(Masking, LeavesTheNetworkOfAnAddress) {
  const std::vector<std::pair<std::string, std::string>> rows = {{"203.0.113.77", "203.0.113.0/24"},
                                                                 {"2001:db8:1:2:3::4", "2001:db8:1::/48"},
                                                                 {"::ffff:203.0.113.77", "203.0.113.0/24"},
                                                                 {"::1", "::/48"},
                                                                 {"203.0.113.77/32", "203.0.113.0/24"},
                                                                 {"10.0.0.0/8", "10.0.0.0/8"},
                                                                 {"2001:db8::/64", "2001:db8::/48"},
                                                                 {"host.example.org", "h…"},
                                                                 {"", ""}};
  for (const auto& [address, shown] : rows) EXPECT_EQ(masked_address(address), shown);
}

TEST(Masking, LeavesTheFirstLetterOfAnAccount) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"alice", "a…"}, {"a", "a…"}, {"\xC3\xA9lodie", "\xC3\xA9…"}, {"alice@example.org", "a…"}, {"", ""}};
  for (const auto& [account, shown] : rows) EXPECT_EQ(masked_account(account), shown);
}

TEST(Masking, FindsAddressesAndAccountsInTexts) {
  struct Row {
    std::string text, account, shown;
  };
  const std::vector<Row> rows = {
      {"from 203.0.113.77: 5 tries", "", "from 203.0.113.0/24: 5 tries"},
      {"203.0.113.77:4711, x203.0.113.78.", "", "203.0.113.0/24:4711, x203.0.113.0/24."},
      {"/24 of 1.2.3.4,5.6.7.8", "", "/24 of 1.2.3.0/24,5.6.7.0/24"},
      {"[2001:db8:1:2::3]:443", "", "[2001:db8:1::/48]:443"},
      {"client:2001:db8:1:2::3: no", "", "client:2001:db8:1::/48: no"},
      {"source=2001:db8:1:2::3", "", "source=2001:db8:1::/48"},
      {"face2001:db8:1:2::3", "", "face2001:db8:1::/48"},
      {"at 12:00:01, mac aa:bb:cc:dd:ee:ff, std::cout", "", "at 12:00:01, mac aa:bb:cc:dd:ee:ff, std::cout"},
      {"by ::ffff:203.0.113.77.", "", "by 203.0.113.0/24."},
      {"64:ff9b::203.0.113.77", "", "64:ff9b::/48"},
      {"2001:db8::1.2.3.4.5 2001:db8::1.53", "", "2001:db8::/48 2001:db8::/48"},
      {"5.203.0.113.77 203.0.113.77.5", "", "5.203.0.0/24 203.0.113.0/24"},
      {"/x?ip=203%2e0%2E113%252e77&y", "", "/x?ip=203%2e0%2E113.0/24&y"},
      {"a%20203.0.113.77%0a", "", "a%20203.0.113.0/24%0a"},
      {"by=%32%30%33.0.113.%37%37", "", "by=%32%30%33.0.113.0/24"},
      {"/x?ip=2001%3adb8%3A1%3a2%3a%3a3&y", "", "/x?ip=2001:db8:1::/48&y"},
      {"100%, 5%2, %zz and %", "", "100%, 5%2, %zz and %"},
      {"version 1.2.3 of 10.5", "", "version 1.2.3 of 10.5"},
      {"5 tries as alice, ALICE and malice", "alice", "5 tries as a…, a… and malice"},
      {"/srv/alice/x?user=alice&y", "alice", "/srv/a…/x?user=a…&y"},
      {"mail to bob.miller+x@example.org.", "", "mail to b…@example.org."},
      {"alice@example.org", "alice@example.org", "a…"},
      {"as " + std::string(40, 'q') + "... failed", std::string(60, 'q'), "as q… failed"},
      {"", "alice", ""}};
  for (const Row& row : rows) {
    if (row.text.starts_with("face")) {  // may be read as part of the address; then more is hidden
      EXPECT_EQ(masked_text(row.text, "").find("::3"), std::string::npos);
      continue;
    }
    EXPECT_EQ(masked_text(row.text, row.account), row.shown);
  }
}

TEST(Masking, LeavesNothingOfAnEventThatNamesSomebody) {
  SecurityEvent e = event(1, "198.51.100.23");
  e.id = "burst-198.51.100.23-7";
  e.summary = "alice failed from 198.51.100.23 and 2001:db8:1:2::3";
  e.details =
      R"({"client":"198.51.100.23","accounts":["bob","carol"],"by":{"198.51.100.23":3},"count":12,)"
      R"("target":"/x?u=alice","nested":[{"ip":"2001:db8:1:2::3","note":"of Alice"}],"user":{"name":"dave"}})";
  const SecurityEvent shown = masked(e);
  const std::string all = shown.id + shown.client + shown.account + shown.summary + shown.details;
  for (const char* secret : {"100.23", "alice", "Alice", "bob", "carol", "dave", ":2::3"})
    EXPECT_EQ(all.find(secret), std::string::npos) << secret << " in " << all;
  EXPECT_EQ(shown.client, "198.51.100.0/24");
  EXPECT_EQ(parse_json(shown.details)->at("count"), 12);
  EXPECT_EQ(parse_json(shown.details)->at("accounts"), nlohmann::json({"b…", "c…"}));
  EXPECT_EQ(shown.time, e.time);
}

TEST(Masking, FindsTheWholeOfAnAddress) {
  SystemRandom random;
  for (int i = 0; i < 2000; ++i) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(random.below(2) == 0 ? 0 : random.below(256));
    if (i % 4 == 0) std::fill_n(bytes.begin(), 12, std::uint8_t{0});  // ends as an IPv4 address does
    const std::string address = IpAddress::v6(bytes).text();
    if (address.find(':') == std::string::npos) continue;
    const std::string shown = masked_address(address);
    EXPECT_EQ(masked_text("by " + address + " now", ""), "by " + shown + " now");
  }
}

/// Processor time of masking 64 KiB of it.
std::clock_t cost_of(std::string_view piece) {
  std::string text;
  while (text.size() < (64U << 10U)) text += piece;
  const std::clock_t before = std::clock();
  EXPECT_EQ(masked_text(text, ""), text);
  return std::clock() - before + 1;
}

TEST(Masking, CostsLittleWhateverTheTextIs) {
  const std::clock_t plain = cost_of("plain text ");
  for (const std::string_view piece : {"1:1:1:1:1:1:1.", "abcd:abcd.", "12345:", "f.f:f:f.f:"})
    EXPECT_LT(cost_of(piece), 100 * plain) << piece;
}

TEST(Masking, EndsOnAnyBytes) {
  for (const std::string& text :
       {std::string(5000, ':'), std::string(5000, '1'), std::string("1.1.1."), std::string("::"),
        std::string(3000, '@'), std::string("\xff\xfe:1.2.3.4\xff"), std::string("1%"),
        std::string("%2525252e%25"), std::string("999.999.999.999")}) {
    EXPECT_FALSE(masked_text(text, ":").empty());
    SecurityEvent e = event(1);
    e.details = text;
    EXPECT_EQ(masked(e).details, "{}");
  }
}

}  // namespace
}  // namespace picket::security
