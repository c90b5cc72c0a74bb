#include "exporters/security/posture/cookie.h"

#include <gtest/gtest.h>

namespace picket::security {
namespace {

using Same = Cookie::SameSite;

struct CookieRow {
  const char* field;
  bool secure, http_only;
  Same same_site;
  bool breaks_prefix = false;
  bool removed = false;
};

TEST(SetCookie, IsReadAsBrowsersReadIt) {
  const CookieRow rows[] = {
      {"sid=1; Secure; HttpOnly; SameSite=Lax", true, true, Same::Lax},
      {"sid=1;SECURE;httponly;samesite=STRICT", true, true, Same::Strict},
      {"sid=1", false, false, Same::Missing},
      {"sid=1; SameSite=None", false, false, Same::None},
      {"sid=1; SameSite=whatever", false, false, Same::Invalid},
      {"sid=Secure; path=/", false, false, Same::Missing},
      {"sid=a=b; Secure=false", true, false, Same::Missing},
      {"__Host-a=1; Secure; Path=/", true, false, Same::Missing},
      {"__Host-a=1; Secure; Path=/app", true, false, Same::Missing, true},
      {"__Host-a=1; Secure", true, false, Same::Missing, true},
      {"__host-a=1; Path=/", false, false, Same::Missing, true},
      {"__Host-a=1; Secure; Path=/; Domain=a.example", true, false, Same::Missing, true},
      {"__Secure-a=1; Secure", true, false, Same::Missing},
      {"__Secure-a=1", false, false, Same::Missing, true},
      {"sid=; Max-Age=0", false, false, Same::Missing, false, true},
      {"sid=; Max-Age=-1", false, false, Same::Missing, false, true},
      {"sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false, false, Same::Missing, false, true},
      {"sid=x; Expires=Thu, 01-Jan-1970 00:00:00 GMT", false, false, Same::Missing, false, true},
  };
  for (const CookieRow& row : rows) {
    const std::optional<Cookie> cookie = parse_set_cookie(row.field);
    ASSERT_TRUE(cookie.has_value()) << row.field;
    EXPECT_EQ(cookie->secure, row.secure) << row.field;
    EXPECT_EQ(cookie->http_only, row.http_only) << row.field;
    EXPECT_EQ(cookie->same_site, row.same_site) << row.field;
    EXPECT_EQ(cookie->breaks_prefix(), row.breaks_prefix) << row.field;
    EXPECT_EQ(cookie->removed, row.removed) << row.field;
  }
}

TEST(SetCookie, IsNothingWithoutAName) {
  for (const char* field : {"", ";", "=value; Secure", "novalue", "  ; Secure"})
    EXPECT_FALSE(parse_set_cookie(field).has_value()) << field;
}

TEST(SetCookie, KnowsTokensThatScriptsMustRead) {
  EXPECT_TRUE(parse_set_cookie("XSRF-TOKEN=1")->is_csrf_token());
  EXPECT_TRUE(parse_set_cookie("csrftoken=1")->is_csrf_token());
  EXPECT_FALSE(parse_set_cookie("session=1")->is_csrf_token());
}

}  // namespace
}  // namespace picket::security
