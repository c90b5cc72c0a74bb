#include "authd/login/login_config.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr Duration kChallengeMax = std::chrono::minutes(10);
constexpr int kTriesMax = 10;
constexpr Duration kRememberMax = std::chrono::hours(24 * 90);
constexpr Duration kLinkMax = std::chrono::hours(24);
constexpr int kPerTargetHourMax = 60;
constexpr int kPerAccountDayMax = 100;
constexpr int kPerDayMax = 1'000'000;
constexpr std::size_t kIssuerMax = 64;

void check_between(MapReader& r, std::string_view key, int value, int most) {
  if (value < 1 || value > most) r.problem(key, fmt::format("must be between 1 and {}", most));
}

void check_within(MapReader& r, std::string_view key, Duration value, Duration most) {
  if (value < std::chrono::seconds(1) || value > most)
    r.problem(key, fmt::format("must be between 1s and {}", format_duration(most)));
}

bool is_prefix(std::string_view text) {
  constexpr std::size_t kLongest = 16;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() >= 2 && text.size() <= kLongest && text[0] == '+' &&
         std::ranges::all_of(text.substr(1), is_digit);
}

/// Where links go: a scheme, a host, perhaps a path; nothing that a link would be put behind.
bool is_base_url(std::string_view url) {
  const bool has_scheme = url.starts_with("https://") || url.starts_with("http://");
  const auto is_plain = [](char c) { return c > ' ' && c <= '~' && c != '?' && c != '#' && c != '"'; };
  return has_scheme && url.size() > url.find("//") + 2 && std::ranges::all_of(url, is_plain);
}

void check_path(MapReader& r, std::string_view key, std::string_view path) {
  const auto is_plain = [](char c) { return c > ' ' && c <= '~' && c != '?' && c != '#' && c != '"'; };
  if (!path.starts_with('/') || !std::ranges::all_of(path, is_plain))
    r.problem(key, "must be a path: \"/reset\"");
}

}  // namespace

void read_yaml(MapReader& r, SecondFactorConfig& c) {
  r.read("issuer", c.issuer);
  r.read_enum(
      "totp_algorithm", c.totp.algorithm,
      {{"SHA1", OtpAlgorithm::Sha1}, {"SHA256", OtpAlgorithm::Sha256}, {"SHA512", OtpAlgorithm::Sha512}});
  r.read("totp_digits", c.totp.digits);
  r.read("totp_skew", c.window.skew);
  r.read("backup_codes", c.backup_codes);
  r.read("challenge_lifetime", c.challenge_lifetime);
  r.read("challenge_tries", c.challenge_tries);
  r.read("remember_devices", c.remember_devices);
  r.read("remember_for", c.remember_for);
  if (c.issuer.empty() || c.issuer.size() > kIssuerMax) r.problem("issuer", "must have 1 to 64 characters");
  if (const auto fine = validate(c.totp); !fine) r.problem("totp_digits", fine.error().message);
  if (const auto fine = validate(c.window); !fine) r.problem("totp_skew", fine.error().message);
  check_between(r, "backup_codes", c.backup_codes, kBackupCodesMax);
  check_between(r, "challenge_tries", c.challenge_tries, kTriesMax);
  check_within(r, "challenge_lifetime", c.challenge_lifetime, kChallengeMax);
  check_within(r, "remember_for", c.remember_for, kRememberMax);
}

void read_yaml(MapReader& r, SendCapsConfig& c) {
  r.read("pause", c.pause);
  r.read("per_target_hour", c.per_target_hour);
  r.read("per_account_day", c.per_account_day);
  r.read("per_day", c.per_day);
  r.read("sms_prefixes", c.sms_prefixes);
  if (c.pause < Duration(0) || c.pause > std::chrono::hours(1)) r.problem("pause", "must be at most 1h");
  check_between(r, "per_target_hour", c.per_target_hour, kPerTargetHourMax);
  check_between(r, "per_account_day", c.per_account_day, kPerAccountDayMax);
  check_between(r, "per_day", c.per_day, kPerDayMax);
  if (!std::ranges::all_of(c.sms_prefixes, is_prefix))
    r.problem("sms_prefixes", "a prefix is + and digits: \"+49\"");
}

void read_yaml(MapReader& r, NoticeConfig& c) {
  r.read("new_client", c.new_client);
  r.read("lock", c.lock);
  r.read("change", c.change);
  r.read("reuse", c.reuse);
}

void read_yaml(MapReader& r, LinkConfig& c) {
  r.read("base_url", c.base_url);
  r.read("reset_path", c.reset_path);
  r.read("accept_path", c.accept_path);
  r.read("verify_path", c.verify_path);
  r.read("reset_lifetime", c.reset_lifetime);
  r.read("invite_lifetime", c.invite_lifetime);
  r.read("verify_lifetime", c.verify_lifetime);
  while (c.base_url.ends_with('/')) c.base_url.pop_back();
  if (!c.base_url.empty() && !is_base_url(c.base_url))
    r.problem("base_url", "must be the URL that people reach authd at: \"https://auth.example.org\"");
  check_path(r, "reset_path", c.reset_path);
  check_path(r, "accept_path", c.accept_path);
  check_path(r, "verify_path", c.verify_path);
  check_within(r, "reset_lifetime", c.reset_lifetime, kLinkMax);
  check_within(r, "invite_lifetime", c.invite_lifetime, kLinkMax);
  check_within(r, "verify_lifetime", c.verify_lifetime, kLinkMax);
}

void read_yaml(MapReader& r, LoginConfig& c) {
  r.read("lockout", c.lockout);
  r.read("hashing", c.hashing);
  r.read("passwords", c.passwords);
  r.read("second_factors", c.second_factors);
  r.read("codes", c.codes);
  r.read("caps", c.caps);
  r.read("mail_on", c.mail_on);
  r.read("links", c.links);
}

Result<std::shared_ptr<const LoginRules>> LoginRules::make(LoginConfig config, const Files& files) {
  const std::string& file = config.passwords.frequent_passwords_file;
  auto frequent = file.empty() ? Result<FrequentPasswords>(FrequentPasswords::built_in())
                               : FrequentPasswords::with_file(files, file);
  if (!frequent) return fail(frequent, "passwords.frequent_passwords_file");
  PasswordPolicy policy(config.passwords, std::move(*frequent));
  return std::make_shared<const LoginRules>(LoginRules{std::move(config), std::move(policy)});
}

}  // namespace picket::authd
