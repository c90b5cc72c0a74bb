// Codes and links on their way: a number that is verified by its code and then serves, a code by mail that
// comes unasked, and providers that take a message at the second try.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "base/time/clock.h"
#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/browser.h"
#include "tests/support/peer_server.h"
#include "tests/support/smtp_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kNumber = "+14155550100";

std::string code_in(const std::string& text) {
  const std::size_t at = text.find("code is ");
  return at == std::string::npos ? "" : text.substr(at + 8, 6);
}

class AuthMessagesTest : public ::testing::Test {
 protected:
  AuthMessagesTest() {
    daemon_.create_user("alice", "user", kPassword);
    alice_ = daemon_.login("alice", kPassword);
  }
  static std::string config(int port, const std::string& mail, const std::string& sms) {
    return kRaisedLimits + "public_url: http://127.0.0.1:" + std::to_string(port) +
           "\ncaps: {pause: 0s, per_target_hour: 50}\nmail: {from: "
           "auth@example.org, " +
           mail + "}\nsms: {provider: http, from: \"+14155550111\", url: \"" + sms + "\"}\n";
  }
  std::string smtp() const { return "smtp: {smarthost: \"" + smtp_.target() + "\", require_tls: false}"; }
  json call(const std::string& method, const std::string& path, const json& body, int status) {
    const HttpAnswer answer = daemon_.send(method, path, body, alice_.at("access_token"));
    EXPECT_EQ(answer.status, status) << method << " " << path << " " << answer.body << daemon_.log();
    return answer.body.starts_with('{') ? json::parse(answer.body) : json();
  }
  json post(const std::string& path, const json& body, int status) {
    return call("POST", path, body, status);
  }
  /// The code in the newest text message, once there are so many.
  std::string texted_code(std::size_t messages) {
    if (!sms_.wait_for(messages)) {
      ADD_FAILURE() << "no text message: " << daemon_.log();
      return "";
    }
    const json sent = json::parse(sms_.requests().back().body);
    EXPECT_EQ(sent.at("to"), kNumber);
    return code_in(sent.at("text"));
  }
  std::vector<std::string> mailed_codes() const {
    std::vector<std::string> codes;
    for (const Mail& mail : smtp_.mails()) {
      const std::string code = code_in(mail.text);
      if (!code.empty()) codes.push_back(code);
    }
    return codes;
  }
  std::string mailed_code(std::size_t codes) const {
    EXPECT_TRUE(wait_until(seconds(10), [&] { return mailed_codes().size() >= codes; })) << daemon_.log();
    const auto all = mailed_codes();
    return all.empty() ? "" : all.back();
  }
  void log_in_page(Browser& browser) const {
    browser.open(daemon_.url("/auth/login"));
    browser.type("[name=username]", "alice");
    browser.type("[name=password]", kPassword);
    browser.press("Log in");
  }

  SmtpServer smtp_;
  LocalPeer sms_;
  const int port_ = free_port();
  AuthDaemon daemon_{AuthDaemonOptions{.config = config(port_, smtp(), sms_.url("/sms")), .port = port_}};
  json alice_;
};

TEST_F(AuthMessagesTest, ANumberIsVerifiedByACodeAndThenServesAsASecondFactor) {
  call("PATCH", "/api/v1/users/me", {{"phone", kNumber}, {"current_password", kPassword}}, 200);
  const json setup{{"method", "sms"}, {"password", kPassword}};
  post("/api/v1/auth/2fa/setup", setup, 400);
  const json sent = post("/api/v1/auth/phone/code", json::object(), 202);
  const std::string code = texted_code(1);
  const std::string wrong = (code.front() == '1' ? "2" : "1") + code.substr(1);
  post("/api/v1/auth/phone/verify", {{"challenge", sent.at("challenge")}, {"code", wrong}}, 403);
  post("/api/v1/auth/phone/verify", {{"challenge", sent.at("challenge")}, {"code", code}}, 204);
  EXPECT_EQ(call("GET", "/api/v1/users/me", nullptr, 200).at("phone_verified"), true);
  post("/api/v1/auth/phone/code", json::object(), 409);
  post("/api/v1/auth/2fa/setup", setup, 409);  // beside an app only
  daemon_.enrol(alice_, kPassword);
  alice_ = post("/api/v1/auth/2fa/setup", setup, 200);

  const json required = post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}, 200);
  const json& methods = required.at("methods");
  EXPECT_NE(std::ranges::find(methods, "sms"), methods.end()) << methods;
  EXPECT_FALSE(required.contains("code_sent"));
  post("/api/v1/auth/2fa/challenge", {{"challenge", required.at("challenge")}, {"method", "sms"}}, 202);
  const HttpAnswer in =
      daemon_.post("/api/v1/auth/2fa/complete",
                   {{"challenge", required.at("challenge")}, {"method", "sms"}, {"code", texted_code(2)}});
  EXPECT_EQ(in.status, 200) << in.body;

  call("PATCH", "/api/v1/users/me", {{"phone", "+14155550199"}, {"current_password", kPassword}}, 200);
  EXPECT_EQ(call("GET", "/api/v1/users/me", nullptr, 200).at("phone_verified"), false);
  const json then = post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}, 200);
  EXPECT_EQ(std::ranges::find(then.at("methods"), "sms"), then.at("methods").end()) << "another number";
}

TEST_F(AuthMessagesTest, ThePagesSetAndVerifyANumberAndTurnCodesBySmsOn) {
  Browser browser;
  log_in_page(browser);
  browser.open(daemon_.url("/auth/phone"));
  browser.type("[name=phone]", "0815");
  browser.type("[name=password]", kPassword);
  browser.press("Save the number");
  EXPECT_NE(browser.source().find("That is no phone number"), std::string::npos);
  browser.type("[name=phone]", kNumber);
  browser.type("[name=password]", kOther);
  browser.press("Save the number");
  EXPECT_NE(browser.source().find("The password is not right"), std::string::npos);
  browser.type("[name=phone]", kNumber);
  browser.type("[name=password]", kPassword);
  browser.press("Save the number");
  EXPECT_NE(browser.source().find("is not verified yet"), std::string::npos) << browser.source();
  browser.press("Text me a code");
  browser.type("[name=code]", "000000");
  const std::string code = texted_code(1);
  browser.press("Verify the number");
  EXPECT_NE(browser.source().find("That code is not right"), std::string::npos);
  browser.type("[name=code]", code);
  browser.press("Verify the number");
  EXPECT_NE(browser.source().find("The number is verified"), std::string::npos) << browser.source();
  EXPECT_NE(browser.source().find("Set up an authenticator app"), std::string::npos);

  alice_ = daemon_.login("alice", kPassword);
  daemon_.enrol(alice_, kPassword);  // which ends the browser's session
  alice_ = post("/api/v1/auth/2fa/backup-codes", {{"password", kPassword}}, 200);
  log_in_page(browser);
  browser.press("Use a backup code");
  browser.type("[name=code]", alice_.at("backup_codes").at(0));
  browser.press("Continue");
  browser.open(daemon_.url("/auth/phone"));
  browser.type("[name=confirm]", kPassword);
  browser.press("Turn codes by SMS on");
  EXPECT_NE(browser.source().find("Codes by SMS are on"), std::string::npos) << browser.source();
  browser.open(daemon_.url("/auth/phone"));
  EXPECT_NE(browser.source().find("Turn codes by SMS off"), std::string::npos) << "the session went on";
  for (const std::string& line : browser.console()) {
    const bool is_refusal = line.find("400") != std::string::npos || line.find("403") != std::string::npos;
    EXPECT_TRUE(is_refusal) << line;
  }
}

TEST_F(AuthMessagesTest, AMailedCodeThatIsTheOnlyFactorComesUnaskedAndAgain) {
  alice_ = post("/api/v1/auth/2fa/setup", {{"method", "email"}, {"password", kPassword}}, 200);
  const json required = post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}, 200);
  EXPECT_EQ(required.at("code_sent"), "email");
  const json answer{{"challenge", required.at("challenge")}, {"method", "email"}, {"code", mailed_code(1)}};
  EXPECT_EQ(daemon_.post("/api/v1/auth/2fa/complete", answer).status, 200);

  Browser browser;
  log_in_page(browser);
  EXPECT_NE(browser.source().find("A code is on its way"), std::string::npos) << browser.source();
  const std::string first = mailed_code(2);
  browser.press("Send another code");
  const std::string second = mailed_code(3);
  ASSERT_NE(second, first);  // one in a million
  browser.type("[name=code]", first);
  browser.press("Continue");
  EXPECT_NE(browser.source().find("That code is not right"), std::string::npos) << "the newer one counts";
  browser.type("[name=code]", second);
  browser.press("Continue");
  EXPECT_NE(browser.url().find("/auth/account"), std::string::npos) << browser.source();
}

TEST_F(AuthMessagesTest, AMailThatIsRefusedForNowIsTriedAgain) {
  smtp_.refuse("RCPT", "450 4.2.1 try later");
  EXPECT_EQ(daemon_.post("/api/v1/auth/password/forgot", {{"username", "alice"}}).status, 202);
  EXPECT_TRUE(wait_until(seconds(10), [&] {
    return daemon_.metric("authd_message_retries_total{channel=\"email\"}") >= 1;
  })) << daemon_.log();
  smtp_.refuse("RCPT", "");
  EXPECT_TRUE(smtp_.wait_for(1, seconds(30))) << daemon_.log();
  EXPECT_TRUE(wait_until(seconds(5),
                         [&] { return daemon_.metric("authd_notices_sent_total{result=\"sent\"}") == 1; }));
}

TEST_F(AuthMessagesTest, ATextMessageIsTriedAgainWhenItsProviderFails) {
  call("PATCH", "/api/v1/users/me", {{"phone", kNumber}, {"current_password", kPassword}}, 200);
  sms_.answer_with([this](const PeerRequest&) { return PeerAnswer{sms_.count() < 2 ? 503 : 200, ""}; });
  const json sent = post("/api/v1/auth/phone/code", json::object(), 202);
  const std::string code = texted_code(2);
  post("/api/v1/auth/phone/verify", {{"challenge", sent.at("challenge")}, {"code", code}}, 204);
  EXPECT_GE(daemon_.metric("authd_message_retries_total{channel=\"sms\"}"), 1);
}

TEST_F(AuthMessagesTest, SendGridsLimitIsWaitedFor) {
  LocalPeer sendgrid([](const PeerRequest&) { return PeerAnswer{.status = 202}; });
  std::atomic<int> asked = 0;
  sendgrid.answer_with([&](const PeerRequest&) {
    if (++asked > 1) return PeerAnswer{.status = 202};
    const auto reset =
        std::chrono::duration_cast<seconds>((SystemClock().wall() + seconds(3)).time_since_epoch());
    return PeerAnswer{.status = 429, .headers = {{"X-RateLimit-Reset", std::to_string(reset.count())}}};
  });
  daemon_.write(
      "authd.yml",
      config(port_, "sendgrid: {api_key: SG.test, api_url: \"" + sendgrid.url() + "\"}", sms_.url()));
  ASSERT_EQ(daemon_.post("/-/reload", nullptr).status, 200) << daemon_.log();
  EXPECT_EQ(daemon_.post("/api/v1/auth/password/forgot", {{"username", "alice"}}).status, 202);
  ASSERT_TRUE(sendgrid.wait_for(2, seconds(30))) << daemon_.log();
  const auto requests = sendgrid.requests();
  EXPECT_GE(requests[1].time - requests[0].time, std::chrono::milliseconds(1500)) << "as it asked for";
  EXPECT_EQ(requests[1].body, requests[0].body) << "the same link";
}

}  // namespace
}  // namespace picket::test
