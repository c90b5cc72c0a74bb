// Codes by mail and SMS: what they are good for, how long, and how many leave.
#include "authd/tokens/opaque_token.h"
#include "tests/authd/login/second_factor_fixture.h"

namespace picket::authd {
namespace {

class SentCode : public OnSecondFactor {};

// Line 25, row 14: a sent code is good for its own login and its own way only.
TEST_P(SentCode, ASentCodeIsBoundToItsLoginAndItsChannel) {
  with_mail("alice");
  with_totp("alice");
  ASSERT_TRUE(stores_->factors().set_sms_otp("id-alice", true));
  with_mail("bob");
  const auto first = challenge("alice");
  const auto second_login = challenge("alice");
  const auto of_bob = challenge("bob");
  ASSERT_EQ(mails(), 1U);  // Bob's has gone, so that the next one is the last
  send(first, "email");
  const std::string code = last_code();
  ASSERT_EQ(code.size(), 6U);
  EXPECT_EQ(kind_of(complete(second_login, "email", code)), "denied");
  EXPECT_EQ(kind_of(complete(of_bob, "email", code)), "denied");
  EXPECT_EQ(kind_of(complete(first, "sms", code)), "denied");
  EXPECT_TRUE(is_in(complete(first, "email", code)));
  EXPECT_EQ(kind_of(complete(first, "email", code)), "denied");
}

// A code's time begins with it, and not with the login that it is for.
TEST_P(SentCode, ACodeThatIsSentAgainIsGoodForItsWholeTime) {
  config_.codes.lifetime = 2min;
  reload();
  with_mail("alice");
  const auto required = challenge("alice");
  ASSERT_EQ(mails(), 1U);
  clock_.advance(3min);
  EXPECT_EQ(kind_of(complete(required, "email", last_code())), "denied") << "the first one is over";
  send(required, "email");
  ASSERT_EQ(mails(), 2U);
  EXPECT_NE(mailbox_->sent().back().text.find("2m"), std::string::npos) << mailbox_->sent().back().text;
  clock_.advance(2min);
  EXPECT_TRUE(is_in(complete(required, "email", last_code())));
}

TEST_P(SentCode, AnSmsGoesToTheVerifiedNumberAndLogsIn) {
  person("alice");
  with_totp("alice");
  ASSERT_TRUE(stores_->factors().set_sms_otp("id-alice", true));
  const auto required = challenge("alice");
  send(required, "sms");
  ASSERT_EQ(mailbox_->to("+14155550100").size(), 1U);
  const auto outcome = complete(required, "sms", last_code());
  ASSERT_TRUE(is_in(outcome));
  EXPECT_EQ(std::get<LoggedIn>(outcome).grant.session.amr, (std::vector<std::string>{"pwd", "sms", "mfa"}));
}

TEST_P(SentCode, ACodeByMailThatIsAskedForFirstLeavesAtOnceAndAgainOnRequest) {
  with_mail("alice");
  const auto required = challenge("alice");
  suite_->post().wait_until_idle();
  EXPECT_EQ(required.code_sent, "email");
  ASSERT_EQ(mails(), 1U);
  EXPECT_TRUE(is_in(complete(required, "email", last_code())));
  const auto again = challenge("alice");
  suite_->post().wait_until_idle();
  EXPECT_EQ(again.code_sent, "email") << "the same answer";
  EXPECT_EQ(mails(), 1U) << "one a minute";
  clock_.advance(1min);
  send(again, "email");
  EXPECT_EQ(mails(), 2U);
  EXPECT_TRUE(is_in(complete(again, "email", last_code())));
  with_mail("bob");
  with_totp("bob");
  EXPECT_EQ(challenge("bob").code_sent, "") << "who has an app is asked for its code first";
  suite_->post().wait_until_idle();
  EXPECT_EQ(mails(), 2U);
}

// Line 21.
TEST_P(SentCode, ASentCodeEndsWithItsLoginAfterTenMinutes) {
  with_mail("alice");
  for (const auto& [age, kind] :
       {std::pair<Duration, std::string>{10min - 1s, "in"}, {10min + 1s, "denied"}}) {
    const auto required = challenge("alice");
    send(required, "email");
    const std::string code = last_code();
    clock_.advance(age);
    EXPECT_EQ(kind_of(complete(required, "email", code)), kind);
    clock_.advance(24h);
  }
}

TEST_P(SentCode, ASecondCodeTakesTheFirstOnesPlaceAndGivesNoTriesBack) {
  with_mail("alice");
  const auto required = challenge("alice");
  send(required, "email");
  const std::string first = last_code();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(kind_of(complete(required, "email", not_this(first))), "denied");
  clock_.advance(1min);
  send(required, "email");
  const std::string again = last_code();
  ASSERT_NE(again, first);  // one in a million
  EXPECT_EQ(kind_of(complete(required, "email", first)), "denied");
  EXPECT_EQ(stores_->challenges().find(opaque_token_hash(required.challenge.reveal()))->value().tries, 3);
  EXPECT_TRUE(is_in(complete(required, "email", again)));
}

// Row 15.
TEST_P(SentCode, CodesLeaveInSmallNumbersAndNobodyIsTold) {
  with_mail("alice");
  const auto sends = [&](Duration pause, int times) {
    const std::size_t before = mails();
    for (int i = 0; i < times; ++i) {
      send(challenge("alice"), "email");
      clock_.advance(pause);
    }
    return mails() - before;
  };
  EXPECT_EQ(sends(1s, 59), 1U);  // one a minute
  clock_.advance(2h);
  EXPECT_EQ(sends(61s, 30), 5U);     // five an hour
  EXPECT_LE(sends(20min, 72), 10U);  // ten a day
  EXPECT_GT(value("authd_otp_sent_total{channel=\"email\",result=\"capped\"}"), 100);
}

TEST_P(SentCode, TheWholeDaemonHasACapAndNumbersMayBeOfAllowedCountriesOnly) {
  config_.caps.per_day = 3;
  config_.caps.sms_prefixes = {"+49"};
  reload();
  for (int i = 0; i < 5; ++i) {
    with_mail(fmt::format("user{}", i));
    send(challenge(fmt::format("user{}", i)), "email");
  }
  EXPECT_EQ(mails(), 3U);
  clock_.advance(72h);
  person("alice");
  with_totp("alice");
  ASSERT_TRUE(stores_->factors().set_sms_otp("id-alice", true));
  send(challenge("alice"), "sms");
  EXPECT_EQ(mails(), 3U);
  EXPECT_EQ(value("authd_otp_sent_total{channel=\"sms\",result=\"capped\"}"), 1);
}

// Line 24.
TEST_P(SentCode, NoCodeIsSentThatTheChallengeDoesNotOffer) {
  person("alice");
  with_totp("alice");
  const auto required = challenge("alice");
  for (const char* method : {"email", "sms", "totp", "carrier pigeon", ""}) send(required, method);
  EXPECT_TRUE(suite_->login().send_code("plc_nonsense", "email", from()));
  EXPECT_EQ(mails(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Engines, SentCode, kEmbedded, test::engine_name);

}  // namespace
}  // namespace picket::authd
