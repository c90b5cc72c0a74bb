// Codes that are sent by SMS or mail: made, stored as a hash bound to what they are for, judged. Pure: the
// store counts a try (UPDATE ... SET tries = tries + 1 WHERE tries < 5) before it asks judge(), and spends an
// accepted code by compare-and-set. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/config/reader.h"
#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket::authd {

enum class OtpChannel { Sms, Email };
std::string_view to_string(OtpChannel channel);  ///< "sms", "email": label values too

struct OtpConfig {
  int digits = 6;                                ///< 6 to 8
  Duration lifetime = std::chrono::minutes(10);  ///< at most
  int tries_max = 5;  ///< at most; a new code does not reset the account's own count
};
Result<void> validate(const OtpConfig& config);
void read_yaml(MapReader& r, OtpConfig& config);

/// Every code with the same chance, leading zeros kept. `digits` is 6 to 8.
std::string generate_otp(int digits, Random& random);

/// What a code is good for: nothing else.
struct OtpBinding {
  std::string login_attempt{};
  OtpChannel channel = OtpChannel::Email;
  std::string account{};
};

/// What is stored: an HMAC under a key that the database does not hold, 64 hexadecimal digits. Spaces and
/// dashes in `code` are skipped.
std::string hash_otp(const Secret& pepper, const OtpBinding& binding, std::string_view code);

struct OtpRecord {
  std::string hash{};
  WallTime issued_at{};
  int tries = 0;  ///< that began before the one that is judged
  bool spent = false;
};

enum class OtpState { Accepted, Wrong, Expired, Exhausted, Spent };

/// `presented` is hash_otp() of what was typed. Accepted up to and with the lifetime's last moment; Expired
/// too when it seems to be issued in the future (the clock went back). Takes as long for each answer.
OtpState judge(const OtpRecord& record, std::string_view presented, WallTime now, const OtpConfig& config);

}  // namespace picket::authd
