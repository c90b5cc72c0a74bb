// Blocked networks through the API: what an alert may block, and how a block is told.
#include <gtest/gtest.h>

#include <map>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;

class AuthBlocksTest : public ::testing::Test {
 protected:
  AuthBlocksTest() {
    daemon_.create_user("root", "owner", kPassword);
    root_ = daemon_.login("root", kPassword);
    daemon_.enrol(root_, kPassword);
  }
  std::string token() const { return root_.at("access_token"); }
  json post(const std::string& path, const json& body) const {
    const HttpAnswer answer = daemon_.post(path, body, token());
    EXPECT_LT(answer.status, 300) << path << " " << answer.body;
    return json::parse(answer.body);
  }
  json alerted(const std::vector<std::string>& prefixes) const {
    json alerts = json::array();
    for (const std::string& prefix : prefixes)
      alerts.push_back(
          {{"status", "firing"}, {"labels", {{"block_prefix", prefix}, {"alertname", "Flood"}}}});
    return post("/api/v1/blocks/webhook", {{"version", "4"}, {"alerts", alerts}});
  }
  json blocks() const { return json::parse(daemon_.get("/api/v1/blocks", token()).body).at("blocks"); }

  AuthDaemon daemon_{{.config = "public_url: https://auth.example.org\n"}};
  json root_;
};

TEST_F(AuthBlocksTest, AnAlertBlocksNoPrivateNetworkNorOneAroundIt) {
  const std::vector<std::string> around{"10.1.0.0/16",          "172.0.0.0/8", "100.0.0.0/8",
                                        "::ffff:172.0.0.0/104", "::/16",       "fe80::/16"};
  const json answer = alerted(around);
  EXPECT_EQ(answer.at("blocked"), json::array()) << answer;
  ASSERT_EQ(answer.at("refused").size(), around.size());
  for (const json& refused : answer.at("refused"))
    EXPECT_EQ(refused.at("reason"), "private networks are not blocked by alerts") << refused;
  EXPECT_EQ(alerted({"172.32.0.0/11"}).at("blocked").size(), 1U);
}

TEST_F(AuthBlocksTest, ABlockIsToldByOneNameWhereverItIsShown) {
  const json made = post("/api/v1/blocks", {{"prefix", "203.0.113.0/24"}, {"reason", "a flood"}});
  const std::string id = json::parse(daemon_.get("/api/v1/auth/me", token()).body).at("id");
  EXPECT_EQ(made.at("source"), id);
  alerted({"198.51.100.7"});
  const auto sources = [this] {
    std::map<std::string, std::string> all;
    for (const json& block : blocks()) all[block.at("prefix")] = block.at("source");
    return all;
  };
  const auto before = sources();
  EXPECT_EQ(before.at("203.0.113.0/24"), id);
  EXPECT_EQ(before.at("198.51.100.7/32"), "webhook");
  daemon_.stop();
  daemon_.start();
  EXPECT_TRUE(wait_until(std::chrono::seconds(10), [&] { return sources() == before; })) << "as it is stored";
}

}  // namespace
}  // namespace picket::test
