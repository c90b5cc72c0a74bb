#include "authd/totp/totp.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kSecretBytesMin = 16;  // RFC 4226 4, R6: 128 bits
constexpr std::size_t kSecretBytesMax = 128;
constexpr std::size_t kTypedMax = 256;
constexpr int kSkewMax = 2;

std::string without_spaces(std::string_view text) {
  std::string out(text.substr(0, kTypedMax));
  std::erase(out, ' ');
  return out;
}

}  // namespace

Result<void> validate(const TotpParams& params) {
  if (params.digits != 6 && params.digits != 8)
    return fail(ErrorKind::InvalidInput, "codes must have 6 or 8 digits");
  return {};
}

Result<void> validate(const TotpWindow& window) {
  if (window.skew < 0 || window.skew > kSkewMax)
    return fail(ErrorKind::InvalidInput, fmt::format("skew must be from 0 to {} steps", kSkewMax));
  return {};
}

TotpSecret TotpSecret::generate(Random& random) {
  return TotpSecret(random.bytes(kSecretBytes));
}

Result<TotpSecret> TotpSecret::parse(std::string_view base32) {
  if (base32.size() > kTypedMax) return fail(ErrorKind::InvalidInput, "secret is too long");
  auto bytes = base32_decode(without_spaces(base32));
  if (!bytes) return fail(ErrorKind::InvalidInput, "secret is not base32");
  if (bytes->size() < kSecretBytesMin || bytes->size() > kSecretBytesMax) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("secret must have {} to {} bytes", kSecretBytesMin, kSecretBytesMax));
  }
  return TotpSecret(std::move(*bytes));
}

std::string TotpSecret::base32() const {
  return base32_encode(bytes());
}

std::int64_t totp_step(WallTime time) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
  return std::max<std::int64_t>(0, since / kTotpStep);
}

std::string totp_code(const TotpKey& key, std::int64_t step) {
  return hotp(key.params.algorithm, key.secret.bytes(), static_cast<std::uint64_t>(step), key.params.digits);
}

std::optional<std::int64_t> verify_totp(const TotpKey& key, std::string_view code, WallTime now,
                                        std::optional<std::int64_t> last_spent, TotpWindow window) {
  check(validate(window).has_value(), "a TOTP window must be validated");
  const std::string typed = without_spaces(code);
  const std::int64_t current = totp_step(now);
  std::optional<std::int64_t> found;
  // From the newest: were a code that of two steps, the later one is spent and with it both. No early end.
  for (std::int64_t step = current; step >= std::max<std::int64_t>(0, current - window.skew); --step) {
    const bool matches = equal_constant_time(totp_code(key, step), typed);
    if (matches && !found && step > last_spent.value_or(-1)) found = step;
  }
  return found;
}

}  // namespace picket::authd
