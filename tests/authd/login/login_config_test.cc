// What authd.yml may say about logins, and what it hears when it says something else.
#include "authd/login/login_config.h"

#include <gtest/gtest.h>

#include "authd/passwords/kdf_pool.h"

namespace picket::authd {
namespace {

struct Both {
  LoginConfig login;
  KdfPoolConfig password_pool;
};
void read_yaml(MapReader& r, Both& both) {
  read_yaml(r, both.login);
  r.read("password_pool", both.password_pool);
}

Result<Both> parse(std::string_view text) {
  const RealFiles files;
  return parse_config<Both>(text, "authd.yml", files);
}

TEST(LoginConfigTest, AnEmptyFileIsTheDefaults) {
  const auto both = parse("");
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->login.lockout.failures, 5);
  EXPECT_EQ(both->login.hashing, HashParams{});
  EXPECT_EQ(both->login.passwords.length_min, 15U);
  EXPECT_TRUE(both->login.second_factors.remember_devices);
  EXPECT_EQ(both->login.second_factors.challenge_lifetime, std::chrono::minutes(10));
  EXPECT_EQ(both->login.mail_on, (NoticeConfig{true, true, true, true}));
  const RealFiles files;
  EXPECT_TRUE(LoginRules::make(both->login, files));
}

TEST(LoginConfigTest, ReadsEveryKey) {
  const auto both = parse(R"(
lockout: {failures: 3}
hashing: {algorithm: bcrypt, argon2_memory: 46MiB, argon2_passes: 1, bcrypt_cost: 11}
passwords: {length_min: 12, length_min_with_second_factor: 10, service_names: [Example]}
second_factors: {issuer: Example, totp_algorithm: SHA256, totp_digits: 8, totp_skew: 0, backup_codes: 8,
  challenge_lifetime: 5m, challenge_tries: 3, remember_devices: false, remember_for: 7d}
codes: {digits: 8, lifetime: 5m, tries_max: 3}
caps: {pause: 30s, per_target_hour: 3, per_account_day: 5, per_day: 100, sms_prefixes: ["+49", "+1"]}
mail_on: {new_client: false, lock: false, change: false, reuse: false}
links: {base_url: "https://auth.example.org/sso/", reset_lifetime: 30m, invite_lifetime: 12h,
  verify_path: /sso/email, verify_lifetime: 6h}
password_pool: {threads: 2, max_wait: 1s, share_per_key: 0.5, reserved_for_known: 0.1}
)");
  ASSERT_TRUE(both) << both.error().message;
  const LoginConfig& c = both->login;
  EXPECT_EQ(c.lockout.failures, 3);
  EXPECT_EQ(c.hashing, (HashParams{HashAlgorithm::Bcrypt, {46 * 1024, 1, 1}, 11}));
  EXPECT_EQ(c.passwords.length_min, 12U);
  EXPECT_EQ(c.second_factors.totp.algorithm, OtpAlgorithm::Sha256);
  EXPECT_EQ(c.second_factors.totp.digits, 8);
  EXPECT_EQ(c.second_factors.window.skew, 0);
  EXPECT_EQ(c.codes.digits, 8);
  EXPECT_EQ(c.caps.sms_prefixes.size(), 2U);
  EXPECT_EQ(c.mail_on, (NoticeConfig{false, false, false, false}));
  EXPECT_EQ(c.links.base_url, "https://auth.example.org/sso");
  EXPECT_EQ(c.links.verify_path, "/sso/email");
  EXPECT_EQ(c.links.verify_lifetime, std::chrono::hours(6));
  EXPECT_EQ(both->password_pool.threads, 2U);
}

TEST(LoginConfigTest, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> rows[] = {
      {"lockout: {failures: 0}", "lockout.failures: must be between 1 and 100"},
      {"hashing: {algorithm: md5}", "hashing.algorithm"},
      {"hashing: {bcrypt_cost: 5}", "hashing.bcrypt_cost: must be at least 10"},
      {"hashing: {bcrypt_cost: 31}", "bcrypt cost must be from 4 to 15"},
      {"hashing: {argon2_memory: 1MiB}", "hashing.argon2_memory: must be whole KiB, from 7MiB"},
      {"hashing: {argon2_memory: 9999999GiB}", "hashing"},
      {"passwords: {length_min: 4}", "shortest password must be from 8 to 128"},
      {"second_factors: {totp_digits: 7}", "second_factors.totp_digits: codes must have 6 or 8 digits"},
      {"second_factors: {totp_skew: 5}", "second_factors.totp_skew: skew must be from 0 to 2"},
      {"second_factors: {backup_codes: 0}", "second_factors.backup_codes: must be between 1 and 99"},
      {"second_factors: {challenge_lifetime: 11m}",
       "second_factors.challenge_lifetime: must be between 1s and 10m"},
      {"second_factors: {remember_for: 1y}", "second_factors.remember_for: must be between 1s and"},
      {"second_factors: {remember_device: true}", "did you mean \"remember_devices\"?"},
      {"codes: {digits: 4}", "sent codes must have 6 to 8 digits"},
      {"caps: {per_day: 0}", "caps.per_day: must be between 1 and 1000000"},
      {"caps: {sms_prefixes: [49]}", "caps.sms_prefixes: a prefix is + and digits"},
      {"links: {base_url: auth.example.org}", "links.base_url: must be the URL"},
      {"links: {base_url: \"https://a/?x=\"}", "links.base_url: must be the URL"},
      {"links: {base_url: \"javascript://a\"}", "links.base_url: must be the URL"},
      {"links: {verify_path: email}", "links.verify_path: must be a path"},
      {"links: {verify_lifetime: 2d}", "links.verify_lifetime: must be between 1s and 1d"},
      {"links: {reset_path: reset}", "links.reset_path: must be a path"},
      {"links: {invite_lifetime: 48h}", "links.invite_lifetime: must be between 1s and 1d"},
      {"password_pool: {threads: 1000}", "password_pool.threads: must be at most 64"},
      {"password_pool: {share_per_key: 0}", "share of one key must be above 0"}};
  for (const auto& [text, problem] : rows) {
    const auto both = parse(text);
    ASSERT_FALSE(both) << text;
    EXPECT_NE(both.error().message.find(problem), std::string::npos) << text << "\n" << both.error().message;
  }
}

TEST(LoginConfigTest, AFileOfFrequentPasswordsThatIsNotThereIsNamed) {
  const RealFiles files;
  LoginConfig config;
  config.passwords.frequent_passwords_file = "/nonexistent/passwords.txt";
  const auto rules = LoginRules::make(config, files);
  ASSERT_FALSE(rules);
  EXPECT_NE(rules.error().message.find("frequent_passwords_file"), std::string::npos);
}

}  // namespace
}  // namespace picket::authd
