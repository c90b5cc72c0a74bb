#include "authd/browser/cookies.h"

#include <gtest/gtest.h>

namespace picket::authd {
namespace {

constexpr std::string_view kName = "__Host-session";

std::string value_of(const Headers& headers) {
  const auto value = read_cookie(headers, kName);
  return value ? *value : "(" + std::string(to_string(value.error())) + ")";
}

TEST(Cookies, AreReadByTheirExactName) {
  struct Row {
    std::string field, value;
  };
  const std::vector<Row> rows = {{"__Host-session=abc", "abc"},
                                 {"a=b; __Host-session=abc; c=d", "abc"},
                                 {"a=b;__Host-session=abc", "abc"},
                                 {"__Host-session=", ""},
                                 {"__Host-session=a=b==", "a=b=="},
                                 {"__Host-session=\"abc\"", "\"abc\""},
                                 {"", "(absent)"},
                                 {"session=abc", "(absent)"},
                                 {"__host-session=abc", "(absent)"},
                                 {"x__Host-session=abc", "(absent)"},
                                 {"__Host-session", "(absent)"},
                                 {"__Host-session =abc", "(absent)"},
                                 {"=__Host-session=abc", "(absent)"},
                                 {"x=\"; __Host-session=abc\"", "abc\""},
                                 {"__Host-session=a; __Host-session=b", "(twice)"},
                                 {"__Host-session=a; __Host-session=a", "(twice)"}};
  for (const Row& row : rows) EXPECT_EQ(value_of({{"Cookie", row.field}}), row.value) << row.field;
  EXPECT_EQ(value_of({}), "(absent)");
  EXPECT_EQ(value_of({{"cookie", "__Host-session=a"}, {"Cookie", "b=c"}}), "a");
  EXPECT_EQ(value_of({{"Cookie", "__Host-session=a"}, {"Cookie", "__Host-session=b"}}), "(twice)");
}

TEST(Cookies, AreNotReadWhenThereAreTooMany) {
  std::string many = "__Host-session=a";
  for (int i = 0; i < 63; ++i) many += "; b=c";
  EXPECT_EQ(value_of({{"Cookie", many}}), "a");
  EXPECT_EQ(value_of({{"Cookie", many + "; b=c"}}), "(too_many)");
  EXPECT_EQ(value_of({{"Cookie", many}, {"Cookie", "b=c"}}), "(too_many)");
  const std::string long_one = "__Host-session=a; b=" + std::string(16'364, 'x');
  EXPECT_EQ(value_of({{"Cookie", long_one}}), "a");
  EXPECT_EQ(value_of({{"Cookie", long_one + "x"}}), "(too_many)");
}

TEST(Cookies, AreSetForOneHostOverTlsAlone) {
  const CookieStyle style;
  EXPECT_EQ(set_cookie(style, "session", "abc", {}),
            "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
  EXPECT_EQ(
      set_cookie(style, "csrf", "abc", {.max_age = std::chrono::milliseconds(90'900), .http_only = false}),
      "__Host-csrf=abc; Path=/; Max-Age=90; Secure; SameSite=Lax");
  EXPECT_EQ(clear_cookie({.same_site = SameSite::Strict}, "session"),
            "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
}

TEST(Cookies, DropSecureOnlyInDevelopment) {
  const CookieStyle style{.same_site = SameSite::Strict, .insecure_development = true};
  EXPECT_EQ(set_cookie(style, "session", "abc", {}), "session=abc; Path=/; HttpOnly; SameSite=Strict");
}

TEST(CookiesDeathTest, HoldNothingThatEndsTheirField) {
  for (const char* value : {"a;b", "a\r\nb", "a b", "a,b", "\"a\"", "a\\b", "\xc3\xa9"}) {
    EXPECT_DEATH(set_cookie({}, "session", value, {}), "no value of a cookie") << value;
  }
  for (const char* name : {"", "a=b", "a b", "a;b"}) {
    EXPECT_DEATH(set_cookie({}, name, "x", {}), "no name of a cookie") << name;
  }
}

}  // namespace
}  // namespace picket::authd
