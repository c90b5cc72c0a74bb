// The first step: one answer for everything that is wrong, one count for every way in.
#include "tests/authd/login/login_fixture.h"
#include "tests/support/wait.h"

namespace picket::authd {
namespace {

class PasswordLogin : public OnLogin {};
class PasswordRace : public OnLogin {};

TEST_P(PasswordLogin, TheRightPasswordOpensASessionUnderAnySpellingOfTheName) {
  person("alice");
  for (const char* name : {"alice", "ALICE", "Alice@Example.ORG", "\uFF41lice"}) {
    const auto outcome = begin(name);
    ASSERT_TRUE(is_in(outcome)) << name << ": " << kind_of(outcome);
    const auto& in = std::get<LoggedIn>(outcome);
    EXPECT_EQ(in.grant.session.amr, std::vector<std::string>{"pwd"});
    EXPECT_FALSE(in.must_enrol);
    EXPECT_TRUE(in.device_token.empty());
  }
  EXPECT_EQ(account("alice").last_login_at, now());
  EXPECT_EQ(attempts("password", "none"), 4);
}

// Lines 10, 12 of the checklist, rows 18 and 19 of the attack table.
TEST_P(PasswordLogin, UnknownWrongLockedStoppedAndSuspendedLookTheSame) {
  person("alice");
  User suspended = person("sam");
  suspended.status = Status::Suspended;
  ASSERT_TRUE(stores_->accounts().update(suspended));
  person("locked");
  for (int i = 0; i < 5; ++i) begin("locked", "not this one, no");
  person("stopped");
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(stores_->failures().add(account_bucket("id-stopped"), now(), {}));
  const struct {
    const char* name;
    std::string_view password;
    const char* reason;
  } rows[] = {{"alice", kOtherPassword, "wrong"},   {"nobody", kPassword, "unknown"},
              {"locked", kPassword, "locked"},      {"locked", kOtherPassword, "locked"},
              {"stopped", kPassword, "stopped"},    {"sam", kPassword, "suspended"},
              {"sam", kOtherPassword, "suspended"}, {"no such name\x01", kPassword, "unknown"}};
  for (const auto& row : rows) {
    const double before = attempts("password", row.reason);
    const std::size_t events = audit("auth.login").size();
    EXPECT_EQ(kind_of(begin(row.name, row.password)), "denied") << row.name;
    EXPECT_EQ(attempts("password", row.reason), before + 1) << row.name;
    const auto after = audit("auth.login");
    ASSERT_EQ(after.size(), events + 1) << row.name;
    EXPECT_EQ(after.front().event.result, "denied");
    EXPECT_EQ(after.front().event.user_id, "");
  }
}

// Row 50: an owner is an owner nowhere but in his networks.
TEST_P(PasswordLogin, AnOwnerFromElsewhereLooksLikeAWrongPassword) {
  person("otto", Role::Owner);
  person("anna", Role::Admin);
  config_.owners.networks = {Cidr::parse("192.0.2.0/24").value()};
  reload();
  const auto rows_of = [&] { return std::stol(one("SELECT COALESCE(SUM(failures), 0) FROM failures")); };
  const auto cost = [&](std::string_view password, const std::string& address, const std::string& kind) {
    const auto before = rows_of();
    EXPECT_EQ(kind_of(begin("otto", password, from(address))), kind) << address;
    return rows_of() - before;
  };
  const auto of_wrong = cost(kOtherPassword, "192.0.2.1", "denied");
  EXPECT_EQ(attempts("password", "wrong"), 1);
  EXPECT_EQ(cost(kPassword, "203.0.113.5", "denied"), of_wrong);
  EXPECT_EQ(cost(kPassword, "::ffff:203.0.113.6", "denied"), of_wrong);
  EXPECT_EQ(attempts("password", "owner_network"), 2);
  EXPECT_EQ(audit("auth.login").front().event.result, "denied");
  EXPECT_NE(audit("auth.login").front().event.details.find("owner_network"), std::string::npos);
  EXPECT_TRUE(is_in(begin("otto", kPassword, from("::ffff:192.0.2.9"))));
  EXPECT_TRUE(is_in(begin("anna", kPassword, from("203.0.113.5")))) << "others come from anywhere";
}

TEST_P(PasswordLogin, GuessesFromOutsideTheOwnersNetworksUseUpNoneOfTheOwners) {
  person("otto", Role::Owner);
  config_.owners.networks = {Cidr::parse("192.0.2.0/24").value()};
  reload();
  for (int i = 0; i < 120; ++i) begin("otto", kOtherPassword, from(fmt::format("203.0.113.{}", i)));
  EXPECT_EQ(attempts("password", "owner_network"), 120);
  EXPECT_TRUE(is_in(begin("otto"))) << "nobody has guessed";
  for (int i = 0; i < 5; ++i) begin("otto", kOtherPassword, from("203.0.113.200"));
  EXPECT_EQ(kind_of(begin("otto", kOtherPassword, from("203.0.113.200"))), "denied");
  EXPECT_EQ(attempts("password", "locked"), 1) << "counted where they come from";
}

/// Changes of the table of counts, whatever is counted.
TEST_P(PasswordLogin, ARefusalWritesAsMuchWhetherLockedUnknownOrWrong) {
  person("alice");
  person("locked");
  for (int i = 0; i < 5; ++i) begin("locked", "not this one, no");
  const auto rows_of = [&] { return std::stol(one("SELECT SUM(failures) FROM failures")); };
  for (const char* name : {"alice", "nobody", "locked"}) {
    const auto before = rows_of();
    begin(name, kOtherPassword);
    EXPECT_EQ(rows_of() - before, 2) << name;
  }
}

TEST_P(PasswordLogin, ALockedOneCostsNoHash) {
  person("alice");
  for (int i = 0; i < 5; ++i) begin("alice", kOtherPassword);
  ASSERT_TRUE(test::wait_until(10s, [&] { return hashes() == 5; }));
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_EQ(hashes(), 5);
}

// Row 26 of the attack table.
TEST_P(PasswordLogin, EverySpellingOfANameCountsInOneBucket) {
  person("alice");
  for (const char* name : {"ALICE", "alice@example.org", "\uFF41\uFF4Cice", "aLiCe", "Alice@EXAMPLE.org"})
    EXPECT_EQ(kind_of(begin(name, kOtherPassword)), "denied");
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_EQ(attempts("password", "locked"), 1);
  for (const char* name : {"nobody", "NoBody", "nobody", "nobody", "nobody", "NOBODY"}) begin(name);
  EXPECT_EQ(attempts("password", "locked"), 2);
}

// Row 27.
TEST_P(PasswordLogin, WhoeverIsAttackedFromElsewhereStillGetsIn) {
  person("alice");
  for (int i = 0; i < 40; ++i) begin("alice", kOtherPassword, from("198.51.100.7"));
  EXPECT_EQ(kind_of(begin("alice", kPassword, from("198.51.100.7"))), "denied");
  EXPECT_TRUE(is_in(begin("alice")));
}

TEST_P(PasswordLogin, AKnownDeviceGetsInFromALockedAddressAndAStrangersDeviceDoesNot) {
  person("alice");
  person("mallory");
  const Secret token = suite_->devices().remember("id-alice", from().client, 720h).value();
  const std::string device = suite_->devices().id_of(token.reveal()).value();
  const Secret foreign = suite_->devices().remember("id-mallory", from().client, 720h).value();
  const std::string other = suite_->devices().id_of(foreign.reveal()).value();
  for (int i = 0; i < 5; ++i) begin("alice", kOtherPassword);
  EXPECT_EQ(kind_of(begin("alice", kPassword, from("192.0.2.1", other))), "denied");
  EXPECT_TRUE(is_in(begin("alice", kPassword, from("192.0.2.1", device))));
  clock_.advance(721h);
  EXPECT_EQ(suite_->devices().id_of(token.reveal()).value(), "");
}

// Row 37.
TEST_P(PasswordLogin, WhatCannotBeAPasswordIsRefusedBeforeAnyHash) {
  person("alice");
  for (const std::string& password :
       {std::string(1U << 20U, 'x'), std::string(1025, 'x'), std::string(), std::string("a\x01")})
    EXPECT_EQ(kind_of(begin("alice", password)), "denied");
  EXPECT_LE(hashes(), 0);
  EXPECT_TRUE(is_in(begin("alice")));
}

TEST_P(PasswordLogin, APassedDeadlineIsBusyAndCountsAsNothing) {
  person("alice");
  LoginContext late = from();
  late.deadline = Deadline::after(clock_, 0s);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(kind_of(begin("alice", kOtherPassword, late)), "busy");
  EXPECT_TRUE(is_in(begin("alice")));
  EXPECT_EQ(attempts("password", "busy"), 9);
}

TEST_P(PasswordLogin, AnOldPasswordGoesOnWorkingAndIsHashedAnewWhenTheParametersChange) {
  person("alice");
  clock_.advance(24h * 730);
  const std::string before = account("alice").password_hash;
  EXPECT_TRUE(is_in(begin("alice")));
  EXPECT_EQ(account("alice").password_hash, before);
  config_.hashing.argon2.passes = 2;
  reload();
  const auto outcome = begin("alice");
  ASSERT_TRUE(is_in(outcome));
  const User after = account("alice");
  EXPECT_NE(after.password_hash, before);
  EXPECT_EQ(after.epoch, std::get<LoggedIn>(outcome).grant.session.user_epoch);
  EXPECT_EQ(after.password_hash, std::get<LoggedIn>(outcome).grant.user.password_hash);
  EXPECT_EQ(after.version, std::get<LoggedIn>(outcome).grant.user.version);
  EXPECT_TRUE(is_in(begin("alice")));
}

// Row 53.
TEST_P(PasswordLogin, NobodyGetsInWhenTheAuditLogCannotBeWritten) {
  person("alice");
  run("DROP TABLE audit_events");
  EXPECT_EQ(kind_of(begin("alice")), "unavailable");
  EXPECT_EQ(kind_of(begin("alice", kOtherPassword)), "unavailable");
  EXPECT_EQ(opened_, 0);
}

// Row 56; people also type passwords into the field for the name.
TEST_P(PasswordLogin, ThousandsOfNamesMakeNoSeriesAndLeaveNoNameBehind) {
  begin("first");
  const auto lines = [&] {
    const std::string text = metrics();
    return std::ranges::count(text, '\n');
  };
  const auto before = lines();
  for (int i = 0; i < 200; ++i)
    begin(fmt::format("hostile{}", i), kPassword, from(fmt::format("198.51.100.{}", i)));
  EXPECT_EQ(lines(), before);
  EXPECT_EQ(one("SELECT COUNT(*) FROM failures WHERE failure_key LIKE '%hostile%'"), "0");
  EXPECT_EQ(
      one("SELECT COUNT(*) FROM audit_events WHERE resource LIKE '%hostile%' OR details LIKE '%hostile%'"),
      "0");
}

// Line 8: whoever has the session still needs the password. Row 31: the same lock.
TEST_P(PasswordLogin, TypingThePasswordAgainLocksAndCountsAsALoginDoes) {
  const User alice = person("alice");
  EXPECT_TRUE(suite_->login().confirm_password(alice, std::string(kPassword), from()));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(suite_->login().confirm_password(alice, "wrong", from()).error().kind, ErrorKind::Denied);
  EXPECT_EQ(suite_->login().confirm_password(alice, std::string(kPassword), from()).error().kind,
            ErrorKind::Denied);
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_EQ(audit("auth.confirm_password").size(), 7U);
}

// Line 11: mail on a suspicious login.
TEST_P(PasswordLogin, PeopleHearOfALockAndOfALoginFromSomewhereNew) {
  person("alice");
  ASSERT_TRUE(is_in(begin("alice")));
  ASSERT_TRUE(is_in(begin("alice", kPassword, from("192.0.2.77"))));
  EXPECT_EQ(mails(), 0U);  // the first login, and one from next door
  ASSERT_TRUE(is_in(begin("alice", kPassword, from("203.0.113.5"))));
  ASSERT_EQ(mails(), 1U);
  EXPECT_EQ(mailbox_->sent().back().to, "alice@example.org");
  EXPECT_NE(mailbox_->sent().back().text.find("203.0.113.5"), std::string::npos);
  for (int i = 0; i < 9; ++i) begin("alice", kOtherPassword);
  for (int i = 0; i < 9; ++i) begin("nobody", kOtherPassword);
  EXPECT_EQ(mails(), 2U);
  config_.mail_on = {false, false, false, false};
  reload();
  ASSERT_TRUE(is_in(begin("alice", kPassword, from("203.0.114.5"))));
  EXPECT_EQ(mails(), 2U);
}

// Row 21: whose token was copied hears of it.
TEST_P(PasswordLogin, PeopleHearOfATokenThatWasUsedTwice) {
  person("alice");
  suite_->login().tell_of_reuse("id-alice", from("203.0.113.5").client);
  suite_->login().tell_of_reuse("id-nobody", from().client);
  ASSERT_EQ(mails(), 1U);
  EXPECT_EQ(mailbox_->sent().back().to, "alice@example.org");
  EXPECT_NE(mailbox_->sent().back().text.find("203.0.113.5"), std::string::npos);
  config_.mail_on.reuse = false;
  reload();
  suite_->login().tell_of_reuse("id-alice", from().client);
  EXPECT_EQ(mails(), 1U);
}

// Row 35: a user agent comes from a stranger.
TEST_P(PasswordLogin, NothingThatAStrangerSendsBreaksALineOfAMail) {
  person("alice");
  ASSERT_TRUE(is_in(begin("alice")));
  LoginContext hostile = from("203.0.113.5");
  hostile.client.user_agent = "Mozilla\r\nBcc: x@example.com\n\nhttp://evil \u2028 " + std::string(5000, 'x');
  ASSERT_TRUE(is_in(begin("alice", kPassword, hostile)));
  ASSERT_EQ(mails(), 1U);
  const std::string text = mailbox_->sent().back().text;
  EXPECT_EQ(text.find("\nBcc"), std::string::npos);
  EXPECT_EQ(text.find("\u2028"), std::string::npos);
  EXPECT_LT(text.size(), 1000U);
}

// Rows 29 and 30.
TEST_P(PasswordRace, SixtyFourWrongPasswordsCostFiveHashesAndOneLock) {
  person("alice");
  std::atomic<int> denied = 0;
  race([&](int) {
    if (kind_of(begin("alice", kOtherPassword)) == "denied") ++denied;
  });
  EXPECT_EQ(denied, kRacers);
  EXPECT_TRUE(test::wait_until(10s, [&] { return hashes() == 5; }));
  EXPECT_EQ(value("authd_lockouts_total{scope=\"address\"}"), 1);
  EXPECT_EQ(attempts("password", "wrong"), 5);
  EXPECT_EQ(attempts("password", "locked"), kRacers - 5);
  EXPECT_EQ(audit("auth.login").size(), 64U);
}

TEST_P(PasswordRace, SixtyFourRightPasswordsAllOpenASession) {
  person("alice");
  std::atomic<int> in = 0;
  race([&](int) {
    if (is_in(begin("alice"))) ++in;
  });
  EXPECT_EQ(in, kRacers);
  EXPECT_EQ(opened_, kRacers);
}

INSTANTIATE_TEST_SUITE_P(Engines, PasswordLogin, kEmbedded, test::engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, PasswordRace, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
