// The second step: each code once, few tries over all factors and all challenges, nothing told.
#include "authd/tokens/opaque_token.h"
#include "tests/authd/login/second_factor_fixture.h"

namespace picket::authd {
namespace {

class SecondFactor : public OnSecondFactor {};

TEST_P(SecondFactor, IsAskedForAfterTheRightPasswordAndOnlyThen) {
  person("alice");
  const TotpKey key = with_totp("alice");
  EXPECT_EQ(kind_of(begin("alice", kOtherPassword)), "denied");
  const auto required = challenge("alice");
  EXPECT_EQ(required.methods, std::vector<std::string>{"totp"});
  EXPECT_EQ(required.expires_at, later(10min));
  EXPECT_TRUE(required.challenge.reveal().starts_with("plc_"));
  EXPECT_EQ(opened_, 0);
  const auto outcome = complete(required, "totp", code_of(key));
  ASSERT_TRUE(is_in(outcome)) << kind_of(outcome);
  EXPECT_EQ(std::get<LoggedIn>(outcome).grant.session.amr, (std::vector<std::string>{"pwd", "otp", "mfa"}));
  EXPECT_EQ(attempts("totp", "none"), 1);
  EXPECT_EQ(audit("auth.login").front().event.result, "success");
}

TEST_P(SecondFactor, OffersWhatIsEnrolledVerifiedAndCanBeSent) {
  using Methods = std::vector<std::string>;
  const struct {
    bool totp, email, sms, codes, email_verified, phone_verified;
    Methods methods;
  } rows[] = {{true, true, true, true, true, true, {"totp", "email", "sms", "backup_code"}},
              {true, true, true, false, false, true, {"totp", "sms"}},
              {true, true, true, false, true, false, {"totp", "email"}},
              {false, true, true, false, true, true, {"email"}},
              {false, false, true, true, true, true, {"backup_code"}},
              {false, true, false, false, false, true, {}}};
  int number = 0;
  for (const auto& row : rows) {
    const std::string name = fmt::format("user{}", ++number);
    User made = person(name);
    made.email_verified = row.email_verified;
    made.phone_verified = row.phone_verified;
    ASSERT_TRUE(stores_->accounts().update(made));
    if (row.totp) with_totp(name);
    ASSERT_TRUE(stores_->factors().set_email_otp(made.id, row.email));
    ASSERT_TRUE(stores_->factors().set_sms_otp(made.id, row.sms));
    if (row.codes) with_backup_codes(name);
    EXPECT_EQ(challenge(name).methods, row.methods) << number;
  }
}

// Row 50: the password at home, the code elsewhere.
TEST_P(SecondFactor, OfAnOwnerIsTakenFromHisNetworksAlone) {
  person("otto", Role::Owner);
  const TotpKey key = with_totp("otto");
  config_.owners.networks = {Cidr::parse("192.0.2.0/24").value()};
  reload();
  const auto required = challenge("otto");
  EXPECT_EQ(kind_of(complete(required, "totp", code_of(key), from("203.0.113.5"))), "denied");
  EXPECT_EQ(attempts("totp", "owner_network"), 1);
  EXPECT_TRUE(is_in(complete(required, "totp", code_of(key)))) << "the code was not spent";
}

// Row 10: replay, also in another session; line 21: outside the window.
TEST_P(SecondFactor, ATotpCodeWorksOnceAndOnlyInItsTime) {
  person("alice");
  const TotpKey key = with_totp("alice");
  const std::string code = code_of(key);
  EXPECT_TRUE(is_in(second("alice", "totp", code)));
  EXPECT_EQ(kind_of(second("alice", "totp", code)), "denied");
  EXPECT_EQ(kind_of(second("alice", "totp", code, from("203.0.113.5"))), "denied");
  const std::string next = totp_code(key, totp_step(now()) + 1);
  EXPECT_EQ(kind_of(second("alice", "totp", next)), "denied");
  clock_.advance(60s);
  EXPECT_TRUE(is_in(second("alice", "totp", next)));  // the step before
  clock_.advance(30s);
  const std::string old = code_of(key);
  clock_.advance(60s);
  EXPECT_EQ(kind_of(second("alice", "totp", old)), "denied");
}

// What a stored row says is no reason to end the daemon.
TEST_P(SecondFactor, AnAppOfNoSensibleKindIsRefused) {
  person("alice");
  const std::string code = code_of(with_totp("alice"));
  for (const int digits : {0, 5, 7, 9, 77}) {
    run("UPDATE second_factors SET totp_digits = $1", {std::int64_t{digits}});
    EXPECT_EQ(kind_of(second("alice", "totp", code)), "unavailable") << digits;
  }
}

// Row 17.
TEST_P(SecondFactor, ABackupCodeWorksOnceHoweverItIsTyped) {
  person("alice");
  with_totp("alice");
  const auto codes = with_backup_codes("alice");
  std::string typed = codes[0].text();
  std::erase(typed, '-');
  std::ranges::transform(typed, typed.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_TRUE(is_in(second("alice", "backup_code", " " + typed + " ")));
  EXPECT_EQ(kind_of(second("alice", "backup_code", codes[0].text())), "denied");
  EXPECT_TRUE(is_in(second("alice", "backup_code", codes[1].text())));
  EXPECT_EQ(attempts("backup_code", "wrong"), 1);
}

// Lines 26 and 27, rows 11 and 13: the count is the account's, over factors, challenges and flows.
TEST_P(SecondFactor, TriesAreCountedOverAllFactorsAndAllChallenges) {
  with_mail("alice");
  const TotpKey key = with_totp("alice");
  const auto codes = with_backup_codes("alice");
  EXPECT_EQ(kind_of(begin("alice", kOtherPassword)), "denied");
  EXPECT_EQ(kind_of(second("alice", "totp", not_this(code_of(key)))), "denied");
  EXPECT_EQ(kind_of(second("alice", "email", "000000")), "denied");
  EXPECT_EQ(kind_of(second("alice", "backup_code", "01-AAAA-AAAA-AAAA-AAAA")), "denied");
  const auto last = challenge("alice");
  const auto right = challenge("alice");
  EXPECT_EQ(kind_of(complete(last, "totp", not_this(code_of(key)))), "denied");
  for (const auto& [method, code] :
       {std::pair<std::string, std::string>{"totp", code_of(key)}, {"backup_code", codes[0].text()}})
    EXPECT_EQ(kind_of(complete(right, method, code)), "denied") << method;
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_EQ(attempts("totp", "locked"), 1);
  EXPECT_EQ(attempts("backup_code", "locked"), 1);
  clock_.advance(15min);
  EXPECT_TRUE(is_in(second("alice", "totp", code_of(key))));
}

// Row 12: what is counted stays, whatever process asks and however the login ended.
TEST_P(SecondFactor, FailedTriesOutliveTheProcess) {
  person("alice");
  const TotpKey key = with_totp("alice");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(kind_of(second("alice", "totp", not_this(code_of(key)))), "denied");
  const auto required = challenge("alice");
  MetricRegistry fresh;
  TryLimit tries(limits_.gate, clock_, log_);
  AttemptGate gate({stores_->failures(), tries, clock_, fresh, log_}, config_.lockout);
  ASSERT_TRUE(gate.enter({"id-alice", from().client.address, ""}, {})->ticket->failed().value());
  EXPECT_EQ(kind_of(complete(required, "totp", code_of(key))), "denied");
}

TEST_P(SecondFactor, OneChallengeHasFewTriesFromWhereverTheyCome) {
  person("alice");
  const TotpKey key = with_totp("alice");
  const auto required = challenge("alice");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(
        kind_of(complete(required, "totp", not_this(code_of(key)), from(fmt::format("198.51.100.{}", i)))),
        "denied");
  EXPECT_EQ(kind_of(complete(required, "totp", code_of(key))), "denied");
  EXPECT_EQ(attempts("totp", "exhausted"), 1);
  EXPECT_TRUE(is_in(second("alice", "totp", code_of(key))));
}

// Row 11.
TEST_P(SecondFactor, GuessingFromAnyNumberOfAddressesEndsAtAHundred) {
  person("alice");
  const TotpKey key = with_totp("alice");
  for (int i = 0; i < 110; ++i)
    second_if_asked("alice", "totp", not_this(code_of(key)), from(fmt::format("198.51.100.{}", i)));
  EXPECT_EQ(attempts("totp", "wrong"), 100);
  EXPECT_EQ(kind_of(begin("alice", kPassword, from("203.0.113.5"))), "denied");
}

TEST_P(SecondFactor, AStrangeOrSpentChallengeSaysNothing) {
  person("alice");
  const TotpKey key = with_totp("alice");
  const std::string code = code_of(key);
  const auto spent = challenge("alice");
  ASSERT_TRUE(is_in(complete(spent, "totp", code)));
  const auto changed = challenge("alice");
  User after = account("alice");
  after.password_changed_at = later(1s);
  ASSERT_TRUE(stores_->accounts().update(after));
  clock_.advance(2min);
  const auto suspended = challenge("alice");
  after = account("alice");
  after.status = Status::Suspended;
  ASSERT_TRUE(stores_->accounts().update(after));
  for (const std::string& token :
       {spent.challenge.reveal(), changed.challenge.reveal(), suspended.challenge.reveal(), std::string(),
        std::string("plc_"), "plc_" + std::string(43, 'A'), std::string(5000, 'x')})
    EXPECT_EQ(kind_of(suite_->login().complete({token, "totp", code_of(key), false}, from())), "denied");
  EXPECT_EQ(kind_of(suite_->login().complete({spent.challenge.reveal(), "password", "x", false}, from())),
            "denied");
  EXPECT_EQ(opened_, 1);
}

// Line 18.
TEST_P(SecondFactor, NoCodeStandsInTheDatabaseAsItIs) {
  with_mail("alice");
  const auto codes = with_backup_codes("alice");
  const auto required = challenge("alice");
  send(required, "email");
  const std::string code = last_code();
  EXPECT_EQ(one("SELECT code_hash FROM challenges").size(), 64U);
  EXPECT_EQ(one("SELECT COUNT(*) FROM challenges WHERE code_hash LIKE $1 OR id_hash LIKE $2",
                {"%" + code + "%", "%" + required.challenge.reveal() + "%"}),
            "0");
  EXPECT_TRUE(one("SELECT hash FROM backup_codes").starts_with("$argon2id$v=19$"));
  EXPECT_EQ(one("SELECT COUNT(*) FROM failures WHERE failure_key LIKE '%alice@%'"), "0");
}

TEST_P(SecondFactor, ARememberedDeviceShowsItOnceUnlessTheRoleIsStrict) {
  const struct {
    const char* name;
    Role role;
    const char* again;
  } rows[] = {
      {"alice", Role::Manager, "in"}, {"anna", Role::Admin, "challenge"}, {"otto", Role::Owner, "challenge"}};
  for (const auto& row : rows) {
    person(row.name, row.role);
    const TotpKey key = with_totp(row.name);
    auto outcome = suite_->login().complete(
        {challenge(row.name).challenge.reveal(), "totp", code_of(key), true}, from());
    ASSERT_TRUE(is_in(outcome));
    const Secret token = std::get<LoggedIn>(outcome).device_token;
    ASSERT_TRUE(token.reveal().starts_with("pdv_"));
    const std::string device = suite_->devices().id_of(token.reveal()).value();
    const auto again = begin(row.name, kPassword, from("192.0.2.1", device));
    EXPECT_EQ(kind_of(again), row.again) << row.name;
    EXPECT_EQ(kind_of(begin(row.name)), "challenge");
    if (!is_in(again)) continue;
    EXPECT_EQ(std::get<LoggedIn>(again).grant.session.amr, (std::vector<std::string>{"pwd", "device"}));
  }
  config_.second_factors.remember_devices = false;
  reload();
  const std::string device = stores_->devices().list_live("id-alice", now())->front().id;
  EXPECT_EQ(kind_of(begin("alice", kPassword, from("192.0.2.1", device))), "challenge");
}

TEST_P(SecondFactor, ADeviceThatWasRevokedOrIsOverMustShowItAgain) {
  person("alice");
  with_totp("alice");
  for (const bool revoke : {true, false}) {
    const Secret token = suite_->devices().remember("id-alice", from().client, 720h).value();
    const std::string device = suite_->devices().id_of(token.reveal()).value();
    EXPECT_TRUE(is_in(begin("alice", kPassword, from("192.0.2.1", device))));
    if (revoke) {
      ASSERT_TRUE(stores_->devices().revoke("id-alice", device, now()).value());
    }
    if (!revoke) clock_.advance(721h);
    EXPECT_EQ(kind_of(begin("alice", kPassword, from("192.0.2.1", device))), "challenge");
  }
}

TEST_P(SecondFactor, AdministratorsAndOwnersWithoutOneMustEnrolFirst) {
  for (const Role role : kRoles) {
    const std::string name(to_string(role));
    person(name, role);
    const auto outcome = begin(name);
    ASSERT_TRUE(is_in(outcome));
    EXPECT_EQ(std::get<LoggedIn>(outcome).must_enrol, role >= Role::Admin) << name;
  }
}

TEST_P(SecondFactor, NothingIsLetInWhileTheFactorsCannotBeRead) {
  person("alice");
  run("DROP TABLE second_factors");
  EXPECT_NE(kind_of(begin("alice")), "in");
  EXPECT_EQ(opened_, 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, SecondFactor, kEmbedded, test::engine_name);

}  // namespace
}  // namespace picket::authd
