// The snippet for nginx of docs/forward-auth.md, against a client that knows it. The numbers are those of the
// tables in docs/security.md.
#include <gtest/gtest.h>

#include "tests/e2e/authd/behind_nginx.h"

namespace picket::test {
namespace {

using nlohmann::json;

/// What a client may hope that somebody believes.
const HttpHeaders kForged{{"Remote-User", "root"},
                          {"Remote-Role", "owner"},
                          {"Remote-User-Id", "0"},
                          {"X-Picket-Identity", "a.b.c"},
                          {"X-Original-URL", "https://127.0.0.1/public/x"},
                          {"X-Original-Method", "GET"},
                          {"X-Forwarded-Uri", "/public/x"},
                          {"X-Forwarded-For", "10.0.0.1"}};

class AuthBehindNginxTest : public ::testing::Test {
 protected:
  HttpAnswer get(const std::string& path, const HttpHeaders& headers) const {
    return http_get(site_.url(path), headers);
  }
  BehindNginx site_;
};

// Row 42.
TEST_F(AuthBehindNginxTest, WhatAClientSaysOfItselfReachesNoApp) {
  site_.authd().create_user("alice", "user", kPassword);
  EXPECT_EQ(get("/x", kForged).status, 303) << "to the login";
  EXPECT_TRUE(site_.app().requests().empty());
  HttpHeaders known = kForged;
  known.emplace("Authorization",
                "Bearer " + site_.authd().login("alice", kPassword).at("access_token").get<std::string>());
  ASSERT_EQ(get("/x", known).status, 200);
  const PeerRequest seen = site_.app().requests().back();
  EXPECT_EQ(seen.header("Remote-User"), "alice");
  EXPECT_EQ(seen.header("Remote-Role"), "user");
  EXPECT_NE(seen.header("Remote-User-Id"), "0");
  EXPECT_NE(seen.header("X-Picket-Identity"), "a.b.c");
  ASSERT_EQ(get("/public/x", kForged).status, 200);
  const PeerRequest stranger = site_.app().requests().back();
  for (const char* name : {"Remote-User", "Remote-Role", "Remote-User-Id", "X-Picket-Identity"})
    EXPECT_EQ(stranger.header(name), "") << name;
}

// Row 41: what nginx and the app could read differently gets no answer of the app.
TEST_F(AuthBehindNginxTest, WhatCouldBeReadInTwoWaysReachesNoApp) {
  for (const char* path :
       {"/public/%2e%2e/admin/x", "/public/..%2fadmin/x", "/public/..;/admin/x", "/public//x",
        "/public/%5c..%5cadmin", "/public/%00x", "/public/%252e%252e/admin"}) {
    const int status = get(path, {}).status;
    EXPECT_TRUE(status == 403 || status == 400) << path << ": " << status;
  }
  EXPECT_TRUE(site_.app().requests().empty());
}

}  // namespace
}  // namespace picket::test
