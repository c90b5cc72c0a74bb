#include "authd/otp/one_time_code.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr int kDigitsMin = 6;
constexpr int kDigitsMax = 8;
constexpr int kTriesMax = 5;
constexpr Duration kLifetimeMax = std::chrono::minutes(10);
constexpr Duration kClockSlack = std::chrono::minutes(1);  // between replicas
constexpr std::size_t kTypedMax = 64;

std::uint64_t power_of_ten(int digits) {
  std::uint64_t power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

/// With its length, so that no two lists of fields read the same.
std::string field(std::string_view text) {
  return fmt::format("{}:{}", text.size(), text);
}

std::string digits_of(std::string_view code) {
  std::string digits(code.substr(0, kTypedMax));
  std::erase_if(digits, [](char c) { return c == ' ' || c == '-'; });
  return digits;
}

bool is_alive(const OtpRecord& record, WallTime now, Duration lifetime) {
  const Duration age = now - record.issued_at;
  return age >= -kClockSlack && age <= lifetime;
}

}  // namespace

std::string_view to_string(OtpChannel channel) {
  return channel == OtpChannel::Sms ? "sms" : "email";
}

Result<void> validate(const OtpConfig& config) {
  if (config.digits < kDigitsMin || config.digits > kDigitsMax)
    return fail(ErrorKind::InvalidInput, "sent codes must have 6 to 8 digits");
  if (config.lifetime <= Duration(0) || config.lifetime > kLifetimeMax)
    return fail(ErrorKind::InvalidInput, "sent codes may live up to 10 minutes");
  if (config.tries_max < 1 || config.tries_max > kTriesMax)
    return fail(ErrorKind::InvalidInput, "sent codes may be tried 1 to 5 times");
  return {};
}

void read_yaml(MapReader& r, OtpConfig& config) {
  r.read("digits", config.digits);
  r.read("lifetime", config.lifetime);
  r.read("tries_max", config.tries_max);
  if (const auto fine = validate(config); !fine) r.problem("", fine.error().message);
}

std::string generate_otp(int digits, Random& random) {
  check(digits >= kDigitsMin && digits <= kDigitsMax, "sent codes have 6 to 8 digits");
  return fmt::format("{:0{}}", random.below(power_of_ten(digits)), digits);
}

std::string hash_otp(const Secret& pepper, const OtpBinding& binding, std::string_view code) {
  const std::string text = field("picket otp 1") + field(binding.login_attempt) +
                           field(to_string(binding.channel)) + field(binding.account) +
                           field(digits_of(code));
  return hex_encode(hmac_sha256(pepper.reveal(), text));
}

OtpState judge(const OtpRecord& record, std::string_view presented, WallTime now, const OtpConfig& config) {
  const bool matches = equal_constant_time(record.hash, presented);
  if (record.spent) return OtpState::Spent;
  if (!is_alive(record, now, config.lifetime)) return OtpState::Expired;
  if (record.tries >= config.tries_max) return OtpState::Exhausted;
  return matches ? OtpState::Accepted : OtpState::Wrong;
}

}  // namespace picket::authd
