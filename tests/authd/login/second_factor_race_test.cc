// One code, one session: of 64 at once, on both databases.
#include "tests/authd/login/second_factor_fixture.h"
#include "tests/authd/store/interrupted_stores.h"

namespace picket::authd {
namespace {

class SecondFactorRace : public OnSecondFactor {};

// Line 17 and row 10: one time code, one session, whoever tries how often in how many logins.
TEST_P(SecondFactorRace, OneTotpCodeOpensOneSession) {
  person("alice");
  const TotpKey key = with_totp("alice");
  std::vector<SecondFactorRequired> required;
  required.reserve(kRacers);
  for (int i = 0; i < kRacers; ++i)
    required.push_back(challenge("alice", from(fmt::format("198.51.100.{}", i))));
  std::atomic<int> in = 0;
  race([&](int number) {
    const auto at = static_cast<std::size_t>(number);
    if (is_in(complete(required[at], "totp", code_of(key), from(fmt::format("198.51.100.{}", number))))) ++in;
  });
  EXPECT_EQ(in, 1);
  EXPECT_EQ(opened_, 1);
}

TEST_P(SecondFactorRace, OneMailedCodeOpensOneSession) {
  with_mail("alice");
  const auto required = challenge("alice");
  send(required, "email");
  const std::string code = last_code();
  std::atomic<int> in = 0;
  race([&](int number) {
    if (is_in(complete(required, "email", code, from(fmt::format("198.51.100.{}", number))))) ++in;
  });
  EXPECT_EQ(in, 1);
  EXPECT_EQ(opened_, 1);
}

TEST_P(SecondFactorRace, OneBackupCodeOpensOneSession) {
  person("alice");
  with_totp("alice");
  const auto codes = with_backup_codes("alice");
  std::vector<SecondFactorRequired> required;
  required.reserve(kRacers);
  for (int i = 0; i < kRacers; ++i)
    required.push_back(challenge("alice", from(fmt::format("198.51.100.{}", i))));
  std::atomic<int> in = 0;
  race([&](int number) {
    const auto at = static_cast<std::size_t>(number);
    const auto context = from(fmt::format("198.51.100.{}", number));
    if (is_in(complete(required[at], "backup_code", codes[0].text(), context))) ++in;
  });
  EXPECT_EQ(in, 1);
  EXPECT_EQ(opened_, 1);
}

// Two right codes for one login at once: both found it open, one spends it, and the other's code stays good.
TEST_P(SecondFactorRace, OneChallengeOpensOneSessionThoughTwoCodesAreRight) {
  person("alice");
  with_totp("alice");
  const auto codes = with_backup_codes("alice");
  InterruptedChallenges challenges(stores_->challenges());
  suite_ = make_suite({.challenges = &challenges});
  const auto required = challenge("alice");
  LoginOutcome first = LoginRefused{};
  challenges.after_a_try([&] { first = complete(required, "backup_code", codes[0].text()); });
  const auto second_one = complete(required, "backup_code", codes[1].text());
  EXPECT_TRUE(is_in(first));
  EXPECT_EQ(kind_of(second_one), "denied");
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(attempts("backup_code", "spent"), 1);
  EXPECT_TRUE(is_in(second("alice", "backup_code", codes[1].text())));
}

TEST_P(SecondFactorRace, SixtyFourWrongCodesForOneLoginAreFiveTriesAndOneLock) {
  person("alice");
  const TotpKey key = with_totp("alice");
  const auto required = challenge("alice");
  race([&](int) { complete(required, "totp", not_this(code_of(key))); });
  EXPECT_EQ(attempts("totp", "wrong"), 5);
  EXPECT_EQ(attempts("totp", "locked"), kRacers - 5);
  EXPECT_EQ(value("authd_lockouts_total{scope=\"address\"}"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, SecondFactorRace, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
