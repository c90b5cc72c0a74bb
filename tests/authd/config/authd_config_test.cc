#include "authd/config/authd_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text/strings.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

using testing::HasSubstr;

Result<AuthdConfig> parse(const std::string& text, const std::string& file = "authd.yml") {
  return parse_config<AuthdConfig>(text, file, RealFiles());
}

std::string problems_of(const std::string& text) {
  const auto config = parse(text);
  return config ? "" : config.error().message;
}

std::string example() {
  const std::ifstream file(std::string(PICKET_SOURCE_DIR) + "/authd/authd.example.yml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// With every setting of it in force: an even number of blanks stands between '#' and a setting, an odd one
/// before other text.
std::string uncommented(std::string_view text) {
  std::string lines;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t key = line.starts_with('#') ? line.find_first_not_of(' ', 1) : std::string_view::npos;
    const bool is_setting = key != std::string_view::npos && (key - 1) % 2 == 0;
    lines += fmt::format("{}\n", is_setting ? line.substr(1) : line);
  }
  return lines;
}

Result<AuthdConfig> whole_example(const test::TempDir& dir) {
  dir.write("smtp_password", "x\n");
  dir.write("twilio_token", "x\n");
  dir.write("vault_token", "x\n");
  const std::string text = replace_all(uncommented(example()), "secrets/", dir.path() + "/");
  return parse(text, "authd.example.yml");
}

TEST(AuthdExample, IsReadAsShippedAndChangesNothing) {
  const auto config = parse(example());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_FALSE(config->mail);
  EXPECT_FALSE(config->sms);
  EXPECT_FALSE(config->secrets.vault);
}

TEST(AuthdExample, IsReadWithEverySettingOfIt) {
  const test::TempDir dir;
  const auto config = whole_example(dir);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->public_url, "https://auth.example.org");
  EXPECT_EQ(config->mail->smtp->host, "smtp.example.org");
  EXPECT_EQ(config->sms->provider.from, "+15005550006");
  EXPECT_EQ(config->secrets.vault->path, "picket/authd");
  EXPECT_EQ(config->ratelimit.redis->address, "127.0.0.1:6379");
}

TEST(AuthdExample, ShowsTheDefaultsOfTokensPasswordsAndCodes) {
  const test::TempDir dir;
  const auto shown = whole_example(dir);
  ASSERT_TRUE(shown);
  const AuthdConfig real;
  EXPECT_EQ(shown->branding.name, real.branding.name);
  EXPECT_TRUE(shown->owner_networks.networks.empty());
  EXPECT_EQ(shown->security_headers.fields(), real.security_headers.fields());
  EXPECT_EQ(shown->cors.origins, real.cors.origins);
  EXPECT_EQ(shown->cors.methods, real.cors.methods);
  EXPECT_EQ(shown->cors.headers, real.cors.headers);
  EXPECT_EQ(shown->cors.exposed, real.cors.exposed);
  EXPECT_EQ(shown->cors.credentials, real.cors.credentials);
  EXPECT_EQ(shown->cors.max_age, real.cors.max_age);
  EXPECT_EQ(shown->tokens.issuer, real.tokens.issuer);
  EXPECT_EQ(shown->tokens.audience, real.tokens.audience);
  EXPECT_EQ(shown->tokens.access_lifetime, real.tokens.access_lifetime);
  EXPECT_EQ(shown->tokens.leeway, real.tokens.leeway);
  EXPECT_EQ(shown->tokens.cache_entries, real.tokens.cache_entries);
  EXPECT_EQ(shown->tokens.keys.algorithm, real.tokens.keys.algorithm);
  EXPECT_EQ(shown->tokens.keys.active_for, real.tokens.keys.active_for);
  EXPECT_EQ(shown->tokens.keys.published_ahead, real.tokens.keys.published_ahead);
  EXPECT_EQ(shown->tokens.refresh.lifetime, real.tokens.refresh.lifetime);
  EXPECT_EQ(shown->tokens.refresh.grace, real.tokens.refresh.grace);
  EXPECT_EQ(shown->login.passwords.length_min, real.login.passwords.length_min);
  EXPECT_EQ(shown->login.passwords.length_min_with_second_factor,
            real.login.passwords.length_min_with_second_factor);
  EXPECT_EQ(shown->login.hashing, real.login.hashing);
  EXPECT_EQ(shown->kdf, real.kdf);
  EXPECT_EQ(shown->login.second_factors.totp, real.login.second_factors.totp);
  EXPECT_EQ(shown->login.second_factors.window.skew, real.login.second_factors.window.skew);
  EXPECT_EQ(shown->login.codes.digits, real.login.codes.digits);
  EXPECT_EQ(shown->login.codes.lifetime, real.login.codes.lifetime);
  EXPECT_EQ(shown->login.codes.tries_max, real.login.codes.tries_max);
}

TEST(AuthdExample, ShowsTheDefaultsOfSessionsFactorsMailAndLinks) {
  const test::TempDir dir;
  const auto shown = whole_example(dir);
  ASSERT_TRUE(shown);
  const AuthdConfig real;
  EXPECT_EQ(shown->sessions.idle, real.sessions.idle);
  EXPECT_EQ(shown->sessions.absolute, real.sessions.absolute);
  EXPECT_EQ(shown->sessions.absolute_by_role, real.sessions.absolute_by_role);
  EXPECT_EQ(shown->sessions.live_max, real.sessions.live_max);
  EXPECT_EQ(shown->login.second_factors.issuer, real.login.second_factors.issuer);
  EXPECT_EQ(shown->login.second_factors.backup_codes, real.login.second_factors.backup_codes);
  EXPECT_EQ(shown->login.second_factors.challenge_lifetime, real.login.second_factors.challenge_lifetime);
  EXPECT_EQ(shown->login.second_factors.challenge_tries, real.login.second_factors.challenge_tries);
  EXPECT_EQ(shown->login.second_factors.remember_devices, real.login.second_factors.remember_devices);
  EXPECT_EQ(shown->login.second_factors.remember_for, real.login.second_factors.remember_for);
  EXPECT_EQ(shown->login.caps.pause, real.login.caps.pause);
  EXPECT_EQ(shown->login.caps.per_target_hour, real.login.caps.per_target_hour);
  EXPECT_EQ(shown->login.caps.per_account_day, real.login.caps.per_account_day);
  EXPECT_EQ(shown->login.caps.per_day, real.login.caps.per_day);
  EXPECT_EQ(shown->login.caps.sms_prefixes, real.login.caps.sms_prefixes);
  EXPECT_EQ(shown->login.mail_on, real.login.mail_on);
  const LinkConfig& links = shown->login.links;
  EXPECT_EQ(links.base_url, "");
  EXPECT_EQ(links.reset_path, real.login.links.reset_path);
  EXPECT_EQ(links.accept_path, real.login.links.accept_path);
  EXPECT_EQ(links.verify_path, real.login.links.verify_path);
  EXPECT_EQ(links.reset_lifetime, real.login.links.reset_lifetime);
  EXPECT_EQ(links.invite_lifetime, real.login.links.invite_lifetime);
  EXPECT_EQ(links.verify_lifetime, real.login.links.verify_lifetime);
}

TEST(AuthdExample, ShowsTheDefaultsOfForwardAuthOnceItIsThere) {
  const test::TempDir dir;
  const auto shown = whole_example(dir);
  ASSERT_TRUE(shown);
  const ForwardAuthConfig real;
  EXPECT_EQ(shown->forward_auth.access.otherwise, real.access.otherwise);
  EXPECT_EQ(shown->forward_auth.redirect.login_url, real.redirect.login_url);
  EXPECT_EQ(shown->forward_auth.filter, real.filter);
  EXPECT_EQ(shown->forward_auth.filter_without, real.filter_without);
}

TEST(AuthdExample, ShowsTheDefaultsOfLocksLimitsAndAudit) {
  const test::TempDir dir;
  const auto shown = whole_example(dir);
  ASSERT_TRUE(shown);
  const AuthdConfig real;
  EXPECT_EQ(shown->login.lockout.failures, real.login.lockout.failures);
  EXPECT_EQ(shown->login.lockout.first_lock, real.login.lockout.first_lock);
  EXPECT_EQ(shown->login.lockout.longest_lock, real.login.lockout.longest_lock);
  EXPECT_EQ(shown->login.lockout.forgiven_after, real.login.lockout.forgiven_after);
  EXPECT_EQ(shown->login.lockout.account_failures, real.login.lockout.account_failures);
  EXPECT_EQ(shown->ratelimit.enabled, real.ratelimit.enabled);
  EXPECT_EQ(shown->ratelimit.excluded_paths, real.ratelimit.excluded_paths);
  EXPECT_EQ(shown->ratelimit.violations.count, real.ratelimit.violations.count);
  EXPECT_EQ(shown->ratelimit.violations.within, real.ratelimit.violations.within);
  EXPECT_EQ(shown->ratelimit.violations.block_for, real.ratelimit.violations.block_for);
  EXPECT_EQ(shown->ratelimit.violations.private_networks, real.ratelimit.violations.private_networks);
  EXPECT_EQ(shown->ratelimit.subjects_max, real.ratelimit.subjects_max);
  EXPECT_EQ(shown->ratelimit.when_full, real.ratelimit.when_full);
  EXPECT_EQ(shown->ratelimit.blocks_max, real.ratelimit.blocks_max);
  EXPECT_EQ(shown->ratelimit.redis_down, real.ratelimit.redis_down);
  EXPECT_EQ(shown->ratelimit.redis, RedisConfig{.address = "127.0.0.1:6379"});
  EXPECT_EQ(shown->audit.retention, real.audit.retention);
  EXPECT_EQ(shown->secrets.vault->timeout, VaultKvConfig().timeout);
  EXPECT_EQ(shown->mail->timeout, MailConfig().timeout);
}

TEST(AuthdExample, ShowsEveryTierAsItIs) {
  // Over a file in which every tier is off: what the example does not name stays so.
  const std::string text = uncommented(example());
  const auto begin = text.find("ratelimit:\n");
  const std::string part = text.substr(begin, text.find("\n\n", begin) - begin);
  const auto shown = parse(part);
  ASSERT_TRUE(shown) << shown.error().message;
  const auto real = RateLimitConfig::default_tiers();
  ASSERT_EQ(shown->ratelimit.tiers.size(), real.size());
  for (std::size_t i = 0; i < real.size(); ++i) {
    const Tier& tier = shown->ratelimit.tiers[i];
    EXPECT_THAT(part, HasSubstr(fmt::format("    {}: {{limit: {}, window: {}, ", real[i].name, real[i].limit,
                                            format_duration(real[i].window))));
    EXPECT_EQ(tier.name, real[i].name);
    EXPECT_EQ(tier.limit, real[i].limit) << tier.name;
    EXPECT_EQ(tier.window, real[i].window) << tier.name;
    EXPECT_EQ(tier.per, real[i].per) << tier.name;
    EXPECT_EQ(tier.audience, real[i].audience) << tier.name;
    EXPECT_EQ(tier.paths, real[i].paths) << tier.name;
    EXPECT_EQ(tier.use, real[i].use) << tier.name;
    EXPECT_EQ(tier.guards_secrets, real[i].guards_secrets) << tier.name;
  }
}

TEST(AuthdConfig, MayBeEmpty) {
  EXPECT_EQ(problems_of(""), "");
  EXPECT_EQ(problems_of("# nothing\n"), "");
}

TEST(AuthdConfig, ReadsNetworksFilesAndUrls) {
  const test::TempDir dir;
  dir.write("words.txt", "acme\n");
  const auto config = parse(
      "public_url: https://auth.example.org/\n"
      "trusted_proxies: [10.0.0.0/8, unix]\n"
      "owner_networks: [10.1.0.0/16, \"2001:db8:1::/48\"]\n"
      "passwords: {frequent_passwords_file: words.txt}\n"
      "hashing: {algorithm: bcrypt, bcrypt_cost: 11}\n"
      "audit: {file: audit.jsonl, retention: 0}\n"
      "mail: {from: a@example.org, sendgrid: {api_key: k}}\n",
      dir.file("authd.yml"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->public_url, "https://auth.example.org");
  EXPECT_TRUE(config->trusted_proxies.trusts_peer("10.1.2.3"));
  EXPECT_TRUE(config->trusted_proxies.trusts_peer("unix"));
  EXPECT_EQ(config->owner_networks.networks.size(), 2U);
  EXPECT_EQ(config->login.passwords.frequent_passwords_file, dir.file("words.txt"));
  EXPECT_EQ(config->login.hashing.algorithm, HashAlgorithm::Bcrypt);
  EXPECT_EQ(config->audit.file, dir.file("audit.jsonl"));
  EXPECT_EQ(config->audit.retention, Duration::zero());
  EXPECT_EQ(config->mail->sendgrid->api_key.reveal(), "k");
}

struct Wrong {
  std::string text, problem;
};

void PrintTo(const Wrong& row, std::ostream* out) {
  *out << row.text;
}

class WrongConfig : public testing::TestWithParam<Wrong> {};

TEST_P(WrongConfig, IsAProblemAtItsPlace) {
  EXPECT_THAT(problems_of(GetParam().text), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongConfig,
    testing::Values(
        Wrong{"tokns: {}\n", R"(authd.yml:1:1: unknown key "tokns" (did you mean "tokens"?))"},
        Wrong{"\ntokens:\n  access_lifetme: 5m\n",
              R"(authd.yml:3:3: tokens: unknown key "access_lifetme" (did you mean "access_lifetime"?))"},
        Wrong{"tokens: {algorithm: HS256}\n", "authd.yml:1:21: tokens.algorithm: "},
        Wrong{"public_url: auth.example.org\n", "authd.yml:1:13: public_url: must be as people type it"},
        Wrong{"public_url: https://auth.example.org/?x=1\n", "public_url: must be"},
        Wrong{"trusted_proxies: [10.0.0.0/8, 300.1.1.1]\n", "authd.yml:1:31: trusted_proxies[1]: "},
        Wrong{"owner_networks: [10.0.0.0/8, home]\n", "authd.yml:1:30: owner_networks[1]: \"home\": "},
        Wrong{"cors: {origins: [\"*\"], credentials: true}\n",
              "authd.yml:1:17: cors.origins: \"*\" is no origin"},
        Wrong{"cors: {origins: [\"https://app.example.org/\"]}\n", "is no origin as browsers send it"},
        Wrong{"cors: {methods: [\"*\"]}\n", "cors.methods: must be names, without *"},
        Wrong{"security_headers: {frame_option: DENY}\n", "(did you mean \"frame_options\"?)"},
        Wrong{"security_headers: {referrer_policy: \"a\\r\\nX: y\"}\n",
              "security_headers.referrer_policy: must be one line of printable ASCII"},
        Wrong{"passwords: {length_min: 6}\n",
              "authd.yml:1:25: passwords.length_min: shortest password must be from 8 to 128"},
        Wrong{"hashing: {argon2_memory: 4GiB}\n", "authd.yml:1:26: hashing.argon2_memory: "},
        Wrong{"hashing: {bcrypt_cost: 31}\n", "hashing: "}, Wrong{"kdf: {share_per_key: 2}\n", "kdf: "},
        Wrong{"passwords: {frequent_passwords_file: /gone.txt}\n", "there is no file /gone.txt"},
        Wrong{"second_factors: {totp_digits: 7}\n",
              "authd.yml:1:31: second_factors.totp_digits: codes must have 6 or 8 digits"},
        Wrong{"second_factors: {totp_skew: 9}\n", "second_factors.totp_skew: "},
        Wrong{"codes: {lifetime: 1h}\n", "codes: sent codes may live up to 10 minutes"},
        Wrong{"audit: {retention: 1h}\n", "audit.retention: must be at least 1d"},
        Wrong{"branding: {name: \"\"}\n", "branding.name: must be one line"},
        Wrong{"mail: {from: a@example.org}\n", "authd.yml:1:7: mail: needs either smtp or sendgrid"},
        Wrong{"mail: {from: nobody, smtp: {smarthost: \"h:25\"}}\n", "authd.yml:1:14: mail.from: "},
        Wrong{"mail: {from: a@example.org, smtp: {smarthost: h}}\n", "mail.smtp.smarthost: "},
        Wrong{"mail: {from: a@example.org, smtp: {}}\n", "mail.smtp: smarthost is required"},
        Wrong{"mail: {from: a@example.org, sendgrid: {}}\n", "mail.sendgrid"},
        Wrong{"sms: {provider: pigeon}\n", "sms.provider: "},
        Wrong{"sms: {provider: vonage, from: X, account_sid: y}\n", "unknown key \"account_sid\""},
        Wrong{"secrets: {vault: {address: vault:8200, token_file: t}}\n",
              "secrets.vault.address: must begin with"},
        Wrong{"secrets: {vault: {}}\n", "secrets.vault.token_file: "},
        Wrong{"secrets: {vault: {address: \"https://v\", token_file: /gone/t}}\n",
              "secrets.vault.token_file: /gone/t: there is no such file"},
        Wrong{"audit: {file: /gone/audit.jsonl}\n",
              "authd.yml:1:15: audit.file: /gone/: there is no such folder"},
        Wrong{
            "mail: {from: a@example.org, smtp: {smarthost: \"h:25\", tls_config: {ca_file: /gone/ca.pem}}}\n",
            "mail.smtp.tls_config.ca_file: /gone/ca.pem: No such file"},
        Wrong{"ratelimit: {overrides: {alice: {auth: 9}}}\n", "\"alice\" is not the id of a user"},
        Wrong{"ratelimit: {tiers: {auth: {limit: 0}}}\n",
              "ratelimit.tiers.auth.limit: must be between 1 and 10000"},
        Wrong{"lockout: {account_failures: 500}\n", "lockout.account_failures: "},
        Wrong{"tokens: {}\ntokens: {}\n", "authd.yml:2:1: "}));

TEST(AuthdConfig, TellsAllProblemsAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(problems_of("sms: {provider: twilio, from: \"+15005550006\"}\n"
                        "audit: {retention: 1h}\n"
                        "codes: {digitz: 8}\n"),
            "authd.yml:1:6: sms.account_sid: is required\n"
            "authd.yml:1:6: sms: auth_token or auth_token_file is required\n"
            "authd.yml:2:20: audit.retention: must be at least 1d, or 0 for ever\n"
            "authd.yml:3:9: codes: unknown key \"digitz\" (did you mean \"digits\"?)");
}

TEST(AuthdConfig, ThatIsNotThereIsNotFound) {
  EXPECT_EQ(load_authd_config("/gone/authd.yml", RealFiles()).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace picket::authd
