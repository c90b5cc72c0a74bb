// A number is verified by a code that is sent to it: line 24 of the checks.
#include "authd/login/phone_check.h"

#include "authd/tokens/opaque_token.h"
#include "tests/authd/login/second_factor_fixture.h"

namespace picket::authd {
namespace {

constexpr const char* kNumber = "+14155550100";

class PhoneCheckTest : public OnSecondFactor {
 protected:
  PhoneCheck& phones() { return suite_->phones(); }
  User unverified(const std::string& name) {
    User user = person(name);
    user.phone_verified = false;
    EXPECT_TRUE(stores_->accounts().update(user));
    return account(name);
  }
  /// The token of a code that was sent, or asked for.
  std::string asked(const User& user, const std::string& token = "") {
    const auto sent = phones().send_code(user, token);
    EXPECT_TRUE(sent) << sent.error().message;
    suite_->post().wait_until_idle();
    return sent ? sent->reveal() : "";
  }
  std::string confirm(const std::string& name, const std::string& token, const std::string& code) {
    const auto done = phones().confirm(account(name), {token, code}, from());
    if (done) return "verified";
    return done.error().kind == ErrorKind::Denied ? "denied" : done.error().message;
  }
  std::size_t texts() const { return mailbox_->to(kNumber).size(); }
};

TEST_P(PhoneCheckTest, ANumberIsVerifiedByItsCodeAndThenServesBesideAnApp) {
  const User alice = unverified("alice");
  with_totp("alice");
  EXPECT_FALSE(suite_->enrolment().set_sms(account("alice"), true, from().client));
  const std::string token = asked(alice);
  ASSERT_EQ(texts(), 1U);
  EXPECT_EQ(confirm("alice", token, last_code()), "verified");
  EXPECT_TRUE(account("alice").phone_verified);
  EXPECT_EQ(audit("users.phone_verified").size(), 1U);
  ASSERT_TRUE(suite_->enrolment().set_sms(account("alice"), true, from().client));
  const auto required = challenge("alice");
  EXPECT_NE(std::ranges::find(required.methods, "sms"), required.methods.end());
  clock_.advance(1min);
  send(required, "sms");
  EXPECT_EQ(texts(), 2U);
  EXPECT_TRUE(is_in(complete(required, "sms", last_code())));
}

TEST_P(PhoneCheckTest, ACodeWorksOnceInTimeAndForItsOwnPersonAndNumber) {
  const User alice = unverified("alice");
  User bob = unverified("bob");
  bob.phone = "+14155550199";
  ASSERT_TRUE(stores_->accounts().update(bob));
  const std::string token = asked(alice);
  const std::string code = last_code();
  EXPECT_EQ(confirm("bob", token, code), "denied");
  EXPECT_EQ(confirm("alice", "", code), "denied");
  EXPECT_EQ(confirm("alice", "plp_" + std::string(43, 'A'), code), "denied");
  EXPECT_EQ(confirm("alice", token, not_this(code)), "denied");
  User moved = account("alice");
  moved.phone = "+14155550177";
  ASSERT_TRUE(stores_->accounts().update(moved));
  EXPECT_EQ(confirm("alice", token, code), "denied") << "sent to another number";
  moved = account("alice");
  moved.phone = kNumber;
  ASSERT_TRUE(stores_->accounts().update(moved));
  EXPECT_EQ(confirm("alice", token, code), "verified");
  EXPECT_EQ(confirm("alice", token, code), "denied") << "once";
  EXPECT_FALSE(account("bob").phone_verified);

  unverified("carol");
  const std::string late = asked(account("carol"));
  const std::string late_code = last_code();
  clock_.advance(10min + 1s);
  EXPECT_EQ(confirm("carol", late, late_code), "denied");
}

TEST_P(PhoneCheckTest, AnotherCodeTakesTheFirstOnesPlaceWithinTheCaps) {
  const User alice = unverified("alice");
  const std::string token = asked(alice);
  const std::string first = last_code();
  EXPECT_EQ(asked(alice, token), token) << "the same answer";
  EXPECT_EQ(texts(), 1U) << "one a minute";
  clock_.advance(1min);
  EXPECT_EQ(asked(alice, token), token);
  ASSERT_EQ(texts(), 2U);
  ASSERT_NE(last_code(), first);  // one in a million
  EXPECT_EQ(confirm("alice", token, first), "denied");
  EXPECT_EQ(confirm("alice", token, last_code()), "verified");
  EXPECT_FALSE(phones().send_code(account("alice"), "")) << "it is verified";
  const User bob = unverified("bob");
  for (int i = 0; i < 10; ++i) {
    clock_.advance(1min);
    asked(bob);
  }
  EXPECT_LE(texts(), 5U) << "five an hour to one number, whoever asks";
}

TEST_P(PhoneCheckTest, ACodeThatIsSentAgainIsGoodForItsWholeTime) {
  config_.codes.lifetime = 2min;
  reload();
  const User alice = unverified("alice");
  const std::string token = asked(alice);
  clock_.advance(3min);
  EXPECT_EQ(confirm("alice", token, last_code()), "denied");
  EXPECT_EQ(asked(alice, token), token);
  ASSERT_EQ(texts(), 2U);
  clock_.advance(2min);
  EXPECT_EQ(confirm("alice", token, last_code()), "verified");
}

TEST_P(PhoneCheckTest, TriesAreFewAndCountAsThoseOfALogin) {
  const User alice = unverified("alice");
  const std::string token = asked(alice);
  const std::string code = last_code();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(confirm("alice", token, not_this(code)), "denied");
  EXPECT_EQ(confirm("alice", token, code), "denied") << "locked, and no try is left";
  EXPECT_EQ(kind_of(begin("alice")), "denied") << "the lock is one for every way in";
  EXPECT_EQ(attempts("sms", "wrong"), 5);
}

TEST_P(PhoneCheckTest, NothingIsSentWhereThereIsNothingToVerifyOrToSendWith) {
  const User verified = person("alice");
  EXPECT_EQ(phones().send_code(verified, "").error().kind, ErrorKind::Conflict);
  User none = unverified("bob");
  none.phone.clear();
  EXPECT_EQ(phones().send_code(none, "").error().kind, ErrorKind::Conflict);
  suite_->post().reload({.email = mailbox_, .from = "Picket <auth@example.org>"});
  EXPECT_FALSE(phones().can_send());
  EXPECT_EQ(phones().send_code(unverified("carol"), "").error().kind, ErrorKind::Conflict);
  EXPECT_EQ(texts(), 0U);
}

TEST_P(PhoneCheckTest, NoCodeStandsInTheDatabaseAsItIs) {
  const User alice = unverified("alice");
  const std::string token = asked(alice);
  const auto stored = stores_->challenges().find(opaque_token_hash(token)).value();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->code_hash.size(), 64U);
  EXPECT_EQ(stored->code_hash.find(last_code()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Engines, PhoneCheckTest, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
