// What proves a person beside the password: second factors, backup codes, remembered devices. Values as they
// are stored; secrets are plain in memory and sealed or hashed in the database. A time of zero means "never".
#pragma once

#include <cstdint>
#include <string>

#include "base/config/secret.h"
#include "base/time/clock.h"

namespace picket::authd {

struct TotpEnrolment {
  Secret secret{};                 ///< raw bytes
  std::string algorithm = "SHA1";  ///< "SHA1", "SHA256", "SHA512"
  int digits = 6;
};

struct SecondFactors {
  TotpEnrolment totp{};          ///< its secret is empty when there is none
  WallTime totp_confirmed_at{};  ///< until then it proves nothing
  std::int64_t totp_last_step = -1;
  bool email_otp = false;
  bool sms_otp = false;

  bool has_totp() const { return totp_confirmed_at != WallTime{}; }
  bool any() const { return has_totp() || email_otp || sms_otp; }
};

struct StoredBackupCode {
  int slot = 0;        ///< 0, 1, 2, ...
  std::string hash{};  ///< salted
  WallTime used_at{};
};

/// A browser that need not show a second factor again, and that a stranger's failures cannot lock out.
struct Device {
  std::string id{};
  std::string user_id{};
  std::string token_hash{};
  std::string name{};  ///< of the user agent, for lists
  std::string ip{};
  WallTime created_at{};
  WallTime last_seen_at{};
  WallTime expires_at{};
  WallTime revoked_at{};
};

}  // namespace picket::authd
