// What administrators do is in the audit log as it ended: what failed, or found nothing to do, is not written
// down as done. Line 53 of the attacks, docs/decisions/0011.
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

using nlohmann::json;

class AuthAuditedActsTest : public ::testing::Test {
 protected:
  AuthAuditedActsTest() {
    daemon_.create_user("root", "owner", kPassword);
    root_ = daemon_.login("root", kPassword);
    daemon_.enrol(root_, kPassword);
    root_id_ = json::parse(daemon_.get("/api/v1/auth/me", token()).body).at("id");
  }
  std::string token() const { return root_.at("access_token"); }
  int status(const std::string& method, const std::string& path, const json& body = nullptr) const {
    return daemon_.send(method, path, body, token()).status;
  }
  /// The results of that action's events, the oldest first.
  std::vector<std::string> results(const std::string& action) const {
    const json events = json::parse(daemon_.get("/api/v1/audit?action=" + action, token()).body).at("events");
    std::vector<std::string> all;
    for (const json& event : events) all.insert(all.begin(), event.at("result").get<std::string>());
    return all;
  }

  AuthDaemon daemon_{AuthDaemonOptions{}};
  json root_;
  std::string root_id_;
};

using Results = std::vector<std::string>;

TEST_F(AuthAuditedActsTest, WhatFoundNothingToDoIsNotWrittenDownAsDone) {
  EXPECT_EQ(status("DELETE", "/api/v1/blocks/192.0.2.0/24"), 404);
  EXPECT_EQ(results("blocks.delete"), Results{"failed"});
  EXPECT_EQ(status("POST", "/api/v1/blocks", {{"prefix", "192.0.2.0/24"}}), 201);
  EXPECT_EQ(results("blocks.create"), Results{"success"});
  EXPECT_EQ(status("DELETE", "/api/v1/blocks/192.0.2.0/24"), 204);
  EXPECT_EQ(results("blocks.delete"), (Results{"failed", "success"}));

  const HttpAnswer made =
      daemon_.post("/api/v1/api-keys", {{"name", "ci"}, {"scopes", {"users:read"}}}, token());
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string key = "/api/v1/api-keys/" + json::parse(made.body).at("id").get<std::string>();
  EXPECT_EQ(results("api_keys.create"), Results{"success"});
  EXPECT_EQ(status("DELETE", key), 204);
  EXPECT_EQ(status("DELETE", key), 404);
  EXPECT_EQ(results("api_keys.revoke"), (Results{"success", "failed"}));

  const std::string limits = "/api/v1/users/" + root_id_ + "/limits/authenticated";
  EXPECT_EQ(status("DELETE", limits), 404);
  EXPECT_EQ(status("PUT", limits, {{"limit", 500}}), 200);
  EXPECT_EQ(status("DELETE", limits), 204);
  EXPECT_EQ(results("limits.override_end"), (Results{"failed", "success"}));
  EXPECT_EQ(results("limits.override"), Results{"success"});
}

TEST_F(AuthAuditedActsTest, WhatWasRefusedByTheStoreIsWrittenDownAsFailed) {
  EXPECT_EQ(status("DELETE", "/api/v1/users/" + root_id_), 403) << "the last owner";
  EXPECT_EQ(results("users.delete"), Results{"failed"});
  const json ann{{"username", "ann"}, {"email", "ann@example.org"}};
  EXPECT_EQ(status("POST", "/api/v1/users", ann), 201);
  EXPECT_EQ(status("POST", "/api/v1/users", ann), 409);
  EXPECT_EQ(results("users.create").back(), "failed");
  EXPECT_EQ(status("DELETE", "/api/v1/ratelimit/nosuch/x"), 404);
  EXPECT_EQ(results("limits.reset"), Results{"failed"});
  EXPECT_EQ(status("DELETE", "/api/v1/ratelimit/authenticated/x"), 204);
  EXPECT_EQ(results("limits.reset"), (Results{"failed", "success"}));
}

}  // namespace
}  // namespace picket::test
