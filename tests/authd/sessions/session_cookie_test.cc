#include "authd/sessions/session_cookie.h"

#include <gtest/gtest.h>

#include <set>

#include "authd/sessions/session_family.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

Session session_with(const std::string& family, const std::string& key) {
  Session session;
  session.family_id = family_id_text(family);
  session.family_key = Secret(key);
  return session;
}

const std::string kFamily = "0123456789abcdef";

TEST(SessionCookie, NamesItsSessionAndIsBelievedByItsKeyAlone) {
  const Session session = session_with(kFamily, "key");
  const std::string cookie = session_cookie(session).reveal();
  EXPECT_TRUE(cookie.starts_with("psc_"));
  EXPECT_EQ(cookie_family(cookie), session.family_id);
  EXPECT_TRUE(cookie_matches(cookie, session));
  EXPECT_FALSE(cookie_matches(cookie, session_with(kFamily, "another key")));
  EXPECT_FALSE(cookie_matches(cookie, session_with("fedcba9876543210", "key")));
}

TEST(SessionCookie, IsBelievedInNoOtherSpelling) {
  const Session session = session_with(kFamily, "key");
  const std::string cookie = session_cookie(session).reveal();
  for (std::size_t at = 0; at < cookie.size(); ++at) {
    std::string changed = cookie;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(cookie_matches(changed, session)) << at;
  }
  struct Row {
    std::string_view name;
    std::string cookie;
  };
  for (const Row& row : std::vector<Row>{{"nothing", ""},
                                         {"the prefix", "psc_"},
                                         {"cut", cookie.substr(0, cookie.size() - 1)},
                                         {"longer", cookie + "A"},
                                         {"padded", cookie + "="},
                                         {"another prefix", "prt_" + cookie.substr(4)},
                                         {"other letters", "psc_" + std::string(64, '*')},
                                         {"much too long", "psc_" + std::string(10'000, 'A')}}) {
    EXPECT_FALSE(cookie_family(row.cookie)) << row.name;
    EXPECT_FALSE(cookie_matches(row.cookie, session)) << row.name;
  }
}

TEST(SessionCookie, CsrfTokenIsOfTheSessionAndNotItsCookie) {
  const Session session = session_with(kFamily, "key");
  const Secret token = csrf_token(session);
  EXPECT_FALSE(token.empty());
  EXPECT_EQ(csrf_token(session), token);
  EXPECT_NE(session_cookie(session), token);
  EXPECT_NE(csrf_token(session_with(kFamily, "another key")), token);
  EXPECT_NE(csrf_token(session_with("fedcba9876543210", "key")), token);
}

// One key makes three kinds of MAC: none may stand for another.
TEST(SessionCookie, SharesNoMacWithRefreshTokensAndCsrf) {
  const Session session = session_with(kFamily, "key");
  std::set<std::string> macs;
  macs.insert(base64url_decode(session_cookie(session).reveal().substr(4))->substr(16));
  macs.insert(*base64url_decode(csrf_token(session).reveal()));
  for (std::int64_t number = 0; number < 100; ++number) {
    macs.insert(PresentedRefresh::parse(refresh_token(family_of(session), number).reveal())->mac);
  }
  EXPECT_EQ(macs.size(), 102U);
}

}  // namespace
}  // namespace picket::authd
