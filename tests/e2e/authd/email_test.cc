// Another mail address or phone number, over the API and by the page of the mailed link. Lines 11 and 35 of
// the checks in docs/security.md.
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/smtp_server.h"

namespace picket::test {
namespace {

using nlohmann::json;

class AuthEmailTest : public ::testing::Test {
 protected:
  AuthEmailTest() {
    daemon_.create_user("alice", "user", kPassword);
    token_ = daemon_.login("alice", kPassword).at("access_token");
  }
  HttpAnswer patch(const json& fields) const {
    return daemon_.send("PATCH", "/api/v1/users/me", fields, token_);
  }
  json me() const { return json::parse(daemon_.get("/api/v1/users/me", token_).body); }
  /// The token in the last mail to that address; "" when there is none.
  std::string token_to(const std::string& address) const {
    std::string token;
    for (const Mail& mail : smtp_.mails()) {
      const std::size_t at = mail.text.find("/auth/email?token=");
      if (mail.to.front() != address || at == std::string::npos) continue;
      const std::string rest = mail.text.substr(at + 18);
      token = rest.substr(0, rest.find_first_of(" \r\n"));
    }
    return token;
  }
  HttpAnswer press(const std::string& token) const {
    return http_post(
        daemon_.url("/auth/email"), "token=" + token,
        {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", "https://auth.example.org"}});
  }

  SmtpServer smtp_;
  AuthDaemon daemon_{AuthDaemonOptions{.config = kRaisedLimits +
                                                 "public_url: https://auth.example.org\n"
                                                 "mail: {from: auth@example.org, smtp: {smarthost: \"" +
                                                 smtp_.target() + "\", require_tls: false}}\n"}};
  std::string token_;
};

TEST_F(AuthEmailTest, OnesOwnAddressAndNumberChangeAfterThePasswordOnly) {
  const HttpAnswer like =
      daemon_.post("/api/v1/auth/password", {{"current_password", kOther}, {"new_password", kOther}}, token_);
  EXPECT_EQ(like.status, 403);
  for (const json& fields : {json{{"email", "new@example.org"}}, json{{"phone", "+14155550100"}},
                             json{{"email", "new@example.org"}, {"current_password", ""}},
                             json{{"email", "new@example.org"}, {"current_password", kOther}}}) {
    const HttpAnswer refused = patch(fields);
    EXPECT_EQ(refused.status, 403) << fields;
    EXPECT_EQ(refused.header("Content-Type"), like.header("Content-Type"));
    EXPECT_EQ(json::parse(refused.body).at("title"), json::parse(like.body).at("title"));
  }
  EXPECT_EQ(patch({{"email", "new@example.org"}, {"current_password", 7}}).status, 400);
  EXPECT_EQ(me().at("email"), "alice@example.org");
  EXPECT_EQ(patch({{"email", "alice@example.org"}}).status, 200) << "that is no change";
  const HttpAnswer done = patch({{"phone", "+14155550100"}, {"current_password", kPassword}});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(json::parse(done.body).at("phone"), "+14155550100");
  ASSERT_TRUE(smtp_.wait_for(1));
  EXPECT_NE(smtp_.mails().front().subject().find("The phone number was changed"), std::string::npos);
}

// A stolen session guesses the password as slowly here as anywhere.
TEST_F(AuthEmailTest, GuessingThePasswordOfAChangeLocks) {
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(patch({{"phone", "+14155550100"}, {"current_password", kOther}}).status, 403);
  EXPECT_EQ(patch({{"phone", "+14155550100"}, {"current_password", kPassword}}).status, 403);
  EXPECT_EQ(daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status, 401);
}

TEST_F(AuthEmailTest, TheLinksPageVerifiesWhenItsButtonIsPressed) {
  const HttpAnswer changed = patch({{"email", "new@example.org"}, {"current_password", kPassword}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json::parse(changed.body).at("email_verified"), false);
  ASSERT_TRUE(smtp_.wait_for(2));
  const std::string token = token_to("new@example.org");
  ASSERT_TRUE(token.starts_with("pln_")) << token;
  EXPECT_EQ(token_to("alice@example.org"), "") << "the old mailbox hears of it, and gets no link";
  for (int scanner = 0; scanner < 3; ++scanner) {
    const HttpAnswer page = daemon_.get("/auth/email?token=" + token);
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.body.find("method=\"post\""), std::string::npos);
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
  }
  EXPECT_EQ(me().at("email_verified"), false) << "a mail scanner opens links too";
  EXPECT_EQ(press("pln_" + std::string(43, 'A')).status, 400);
  const HttpAnswer done = press(token);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(me().at("email_verified"), true);
  EXPECT_EQ(press(token).status, 400) << "once";
}

TEST_F(AuthEmailTest, ARefreshTokenThatIsUsedTwiceIsMailedAboutOnce) {
  const json first = daemon_.login("alice", kPassword);
  const auto refresh = [&](const json& tokens) {
    return daemon_.post("/api/v1/auth/refresh", {{"refresh_token", tokens.at("refresh_token")}});
  };
  const json second = json::parse(refresh(first).body);
  ASSERT_EQ(refresh(second).status, 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refresh(first).status, 401);
  ASSERT_TRUE(smtp_.wait_for(1));
  EXPECT_EQ(smtp_.mails().front().to.front(), "alice@example.org");
  EXPECT_NE(smtp_.mails().front().subject().find("a login was ended"), std::string::npos);
  ASSERT_EQ(patch({{"phone", "+14155550100"}, {"current_password", kPassword}}).status, 200);
  ASSERT_TRUE(smtp_.wait_for(2));
  EXPECT_NE(smtp_.mails().back().subject().find("The phone number was changed"), std::string::npos);
}

TEST_F(AuthEmailTest, AReloadPutsAnotherMailServerInForceAndSaysWhatWaits) {
  const SmtpServer other;
  daemon_.write("authd.yml", kRaisedLimits +
                                 "public_url: https://auth.example.org\n"
                                 "kdf: {max_wait: 3s}\n"
                                 "mail: {from: auth@example.org, smtp: {smarthost: \"" +
                                 other.target() + "\", require_tls: false}}\n");
  ASSERT_EQ(daemon_.post("/-/reload", nullptr).status, 200);
  ASSERT_EQ(patch({{"phone", "+14155550100"}, {"current_password", kPassword}}).status, 200);
  EXPECT_TRUE(other.wait_for(1));
  EXPECT_TRUE(smtp_.mails().empty());
  EXPECT_NE(daemon_.log().find("wait for a restart\" settings=kdf"), std::string::npos) << daemon_.log();
}

TEST_F(AuthEmailTest, AProgramUsesTheLinkOverTheApi) {
  ASSERT_EQ(patch({{"email", "new@example.org"}, {"current_password", kPassword}}).status, 200);
  ASSERT_TRUE(smtp_.wait_for(2));
  EXPECT_EQ(daemon_.post("/api/v1/auth/email/link", nullptr, token_).status, 202);
  EXPECT_EQ(daemon_.post("/api/v1/auth/email/link", nullptr).status, 401);
  EXPECT_EQ(daemon_.post("/api/v1/auth/email/verify", {{"token", "x"}}).status, 403);
  EXPECT_EQ(daemon_.post("/api/v1/auth/email/verify", {{"token", token_to("new@example.org")}}).status, 204);
  EXPECT_EQ(me().at("email_verified"), true);
}

}  // namespace
}  // namespace picket::test
