#include "authd/forward_auth/redirect_targets.h"

#include <gtest/gtest.h>

#include <array>

namespace picket::authd {
namespace {

using namespace std::string_view_literals;

// Row 44 of the attacks, and what browsers make of URLs.
constexpr std::array kAttacks = {""sv,
                                 "/"sv,
                                 "/x"sv,
                                 "//evil"sv,
                                 "//ok.com"sv,
                                 "\\\\evil"sv,
                                 "/\\evil"sv,
                                 "\\/evil"sv,
                                 "https:evil"sv,
                                 "https:ok.com"sv,
                                 "https:/ok.com"sv,
                                 "https:///ok.com"sv,
                                 "https:////ok.com"sv,
                                 "https:\\\\ok.com"sv,
                                 "https://ok.com\\@evil"sv,
                                 "https://ok.com\\.evil"sv,
                                 "https://ok@evil"sv,
                                 "https://ok.com@evil"sv,
                                 "https://ok.com:443@evil"sv,
                                 "https://u:p@ok.com"sv,
                                 "https://@ok.com"sv,
                                 "https://evil-ok.com"sv,
                                 "https://evilok.com"sv,
                                 "https://ok.com.evil"sv,
                                 "https://ok.comevil"sv,
                                 "https://ok.com%2eevil"sv,
                                 "https://ok.com%00.evil"sv,
                                 "https://ok.com%2f@evil"sv,
                                 "https://sub.ok.com"sv,
                                 "https://apps.example"sv,
                                 "https://xapps.example"sv,
                                 "https://.apps.example"sv,
                                 "https://evil#.apps.example"sv,
                                 "https://evil?.apps.example"sv,
                                 "https://evil/.apps.example"sv,
                                 "https://evil\\.apps.example"sv,
                                 "https://ok.com:8444"sv,
                                 "https://ok.com:"sv,
                                 "https://ok.com:08443"sv,
                                 "http://ok.com"sv,
                                 "HTTPS://ok.com"sv,
                                 "hTTps://ok.com"sv,
                                 "wss://ok.com"sv,
                                 "javascript:alert(1)"sv,
                                 "javascript://ok.com/%0aalert(1)"sv,
                                 "data:text/html,x"sv,
                                 "https://ok.com\n.evil"sv,
                                 "https://ok.com\t"sv,
                                 " https://ok.com"sv,
                                 "https://ok.com "sv,
                                 "https://ok.com\0"sv,
                                 "\x01https://ok.com"sv,
                                 "https://\xe2\x93\x9ek.com"sv,
                                 "https://ok\xe3\x80\x82"
                                 "com"sv,
                                 "https://ok.com/\xff"sv,
                                 "https://[::1]"sv,
                                 "https://127.0.0.1:9180"sv,
                                 "http://127.1:9180"sv,
                                 "http://2130706433:9180"sv,
                                 "https://ok.com/<script>"sv};

RedirectTargets targets() {
  return RedirectTargets::parse(
             {"https://ok.com", "https://*.apps.example", "https://ok.com:8443", "http://127.0.0.1:9180"})
      .value();
}

TEST(RedirectTargets, LeadToListedOriginsAlone) {
  struct Row {
    std::string rd, safe;
  };
  const std::vector<Row> rows = {
      {"https://ok.com", "https://ok.com/"},
      {"https://ok.com/a/b?c=d#e", "https://ok.com/a/b?c=d#e"},
      {"https://ok.com?c", "https://ok.com/?c"},
      {"https://OK.com./x", "https://ok.com/x"},
      {"https://ok.com:443/x", "https://ok.com/x"},
      {"https://ok.com:8443/x", "https://ok.com:8443/x"},
      {"https://a.apps.example/x", "https://a.apps.example/x"},
      {"https://a.b.apps.example/x", "https://a.b.apps.example/x"},
      {"http://127.0.0.1:9180/x", "http://127.0.0.1:9180/x"},
      {"https://ok.com//evil", "https://ok.com//evil"},
      {"https://ok.com/graph?expr=up{job=\"x\"}", ""},
      {"https://ok.com/graph?expr=up{job=%22x%22}|y", "https://ok.com/graph?expr=up{job=%22x%22}|y"}};
  for (const Row& row : rows) EXPECT_EQ(targets().safe(row.rd).value_or(""), row.safe) << row.rd;
}

TEST(RedirectTargets, RefuseWhatABrowserCouldReadAsAnotherPlace) {
  for (const std::string_view rd : kAttacks) EXPECT_FALSE(targets().safe(rd)) << rd;
  EXPECT_FALSE(targets().safe("https://ok.com/" + std::string(8192, 'a')));
}

TEST(RedirectTargets, OfAnEmptyListAreNone) {
  EXPECT_FALSE(RedirectTargets().safe("https://ok.com"));
}

TEST(RedirectTargets, SayWhichEntryIsWrong) {
  struct Row {
    const char* entry;
    const char* message;
  };
  const std::vector<Row> rows = {
      {"ok.com", "\"ok.com\" is not of the form https://host[:port]"},
      {"https://ok.com/", "\"https://ok.com/\" is not of the form https://host[:port]"},
      {"https://*", "\"https://*\": the host is no domain name"},
      {"https://a.*.com", "\"https://a.*.com\": the host is no domain name"},
      {"https://ok.com:x", "\"https://ok.com:x\": the port is no number between 1 and 65535"}};
  for (const Row& row : rows) {
    const auto targets = RedirectTargets::parse({row.entry});
    ASSERT_FALSE(targets) << row.entry;
    EXPECT_EQ(targets.error().message, row.message);
  }
}

}  // namespace
}  // namespace picket::authd
