// Honest people behind one address, with the default limits: a real browser, nginx by the documented file.
// They need no limit raised to work.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/e2e/authd/behind_nginx.h"
#include "tests/support/browser.h"
#include "tests/support/give_up.h"

namespace picket::test {
namespace {

using nlohmann::json;

constexpr int kImages = 200;
constexpr int kForeignImages = 140;
constexpr int kColleagues = 20;

std::string page_of(const std::string& url, int images) {
  std::string html = "<!doctype html><title>a page</title>";
  for (int i = 0; i < images; ++i) html += fmt::format("<img src=\"{}{}\" alt=\"\">", url, i);
  return html;
}

class AuthOfficeTest : public ::testing::Test {
 protected:
  AuthOfficeTest() { browser_.send_with({{"X-Client-Address", "198.51.100.7"}}); }

  void log_in(const std::string& name) {
    browser_.type("#username", name);
    browser_.type("#password", kPassword);
    browser_.press("Log in");
  }
  /// By the code of the step before, so that the login may use this one's.
  std::string with_app(const std::string& name) const {
    const std::string token = site_.authd().login(name, kPassword).at("access_token");
    const HttpAnswer offer =
        site_.authd().post("/api/v1/auth/2fa/setup", {{"method", "totp"}, {"password", kPassword}}, token);
    if (offer.status != 200) give_up("2fa/setup: " + offer.body);
    std::string secret = json::parse(offer.body).at("secret");
    const auto confirmed = [&] {
      return site_.authd().post("/api/v1/auth/2fa/verify", {{"code", app_code(secret, -1)}}, token).status ==
             200;
    };
    const bool at_once = confirmed();
    if (!at_once && !confirmed()) give_up("2fa/verify of " + name);  // a step ended just then
    return secret;
  }

  LocalPeer elsewhere_{[](const PeerRequest&) {
    const std::string images = page_of("https://app.example.org:8443/auth/login?", kForeignImages) +
                               page_of("https://app.example.org/protected/", kForeignImages);
    return PeerAnswer{200, images, {{"Content-Type", "text/html"}}};
  }};
  BehindNginx site_;
  Browser browser_{[this] {
    Browser::Hosts hosts = site_.hosts();
    hosts.emplace("foreign.example:80", elsewhere_.port());
    return hosts;
  }()};
};

TEST_F(AuthOfficeTest, APageOfTwoHundredImagesFiveTimesAMinute) {
  site_.app().answer_with([](const PeerRequest& request) {
    if (!request.path.starts_with("/page/")) return PeerAnswer{.body = "the app"};
    const std::string images = page_of("/image" + request.path + "/", kImages);
    return PeerAnswer{200, images, {{"Content-Type", "text/html"}}};
  });
  site_.authd().create_user("alice", "user", kPassword);
  browser_.open(site_.url("/start"));
  log_in("alice");
  for (int round = 0; round < 5; ++round) browser_.open(site_.url(fmt::format("/page/{}", round)));
  int images = 0;
  for (const PeerRequest& request : site_.app().requests())
    images += request.path.starts_with("/image/") ? 1 : 0;
  EXPECT_EQ(images, 5 * kImages) << site_.authd().log();
  EXPECT_EQ(site_.authd().metric("authd_blocked_prefixes"), 0);
}

TEST_F(AuthOfficeTest, AForeignPageOfManyImagesShutsNobodyOut) {
  site_.authd().create_user("alice", "user", kPassword);
  for (int round = 0; round < 2; ++round) browser_.open(fmt::format("http://foreign.example/{}", round));
  EXPECT_GE(site_.authd().metric("authd_forward_auth_duration_seconds_count"), 2 * kForeignImages)
      << "the images were asked for";
  browser_.open(site_.url("/reports"));
  log_in("alice");
  EXPECT_EQ(browser_.url(), site_.url("/reports"));
  EXPECT_EQ(site_.asked_for("/reports").size(), 1U);
  EXPECT_EQ(site_.authd().metric("authd_blocked_prefixes"), 0);
}

TEST_F(AuthOfficeTest, TwentyColleaguesLogInWithTheirApps) {
  std::map<std::string, std::string> secrets;
  for (int i = 0; i < kColleagues; ++i) {
    const std::string name = fmt::format("colleague{}", i);
    site_.authd().create_user(name, "user", kPassword);
    secrets.emplace(name, with_app(name));
  }
  for (const auto& [name, secret] : secrets) {
    browser_.open(site_.portal("/auth/login"));
    browser_.forget_cookies();
    browser_.open(site_.url("/for/" + name));
    log_in(name);
    browser_.type("#code", app_code(secret));
    browser_.press("Continue");
    ASSERT_EQ(browser_.url(), site_.url("/for/" + name)) << browser_.source() << site_.authd().log();
    EXPECT_EQ(site_.asked_for("/for/" + name).back().header("Remote-User"), name);
  }
}

}  // namespace
}  // namespace picket::test
