// Codes of authenticator apps (RFC 6238, steps of 30 s). Pure: what was spent is handed in and handed out,
// and the caller spends a step by compare-and-set (UPDATE ... SET last_step = $1 WHERE last_step < $1). The
// code that ends an enrolment spends its step too. Safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authd/totp/hotp.h"
#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket::authd {

inline constexpr std::chrono::seconds kTotpStep{30};

/// Fixed for an account at its enrolment: apps forget none of it. SHA1 and 6 digits are what all apps know.
struct TotpParams {
  OtpAlgorithm algorithm = OtpAlgorithm::Sha1;
  int digits = 6;  ///< or 8
  bool operator==(const TotpParams&) const = default;
};

/// How many steps before the current one are accepted, 0 to 2. A step ahead of our clock never is.
struct TotpWindow {
  int skew = 1;
};

Result<void> validate(const TotpParams& params);
Result<void> validate(const TotpWindow& window);

class TotpSecret {
 public:
  /// 160 random bits (RFC 4226 4, R6).
  static TotpSecret generate(Random& random);
  /// From base32 as people and other programs write it: lower case, spaces and missing padding are fine.
  /// InvalidInput unless it is 16 to 128 bytes.
  static Result<TotpSecret> parse(std::string_view base32);

  const std::string& bytes() const { return bytes_.reveal(); }
  std::string base32() const;  ///< unpadded, upper case: what is sealed, and shown once
  bool operator==(const TotpSecret&) const = default;

 private:
  explicit TotpSecret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret bytes_;
};

struct TotpKey {
  TotpSecret secret;
  TotpParams params{};
};

/// The step that holds `time`; 0 before 1970.
std::int64_t totp_step(WallTime time);
std::string totp_code(const TotpKey& key, std::int64_t step);

/// The step that `code` belongs to, if it is within the window and later than `last_spent` (none: nothing was
/// spent yet). Spaces in the code are skipped. Takes as long for a wrong code as for a right one.
std::optional<std::int64_t> verify_totp(const TotpKey& key, std::string_view code, WallTime now,
                                        std::optional<std::int64_t> last_spent, TotpWindow window = {});

}  // namespace picket::authd
