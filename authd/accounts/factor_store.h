// Second factors, backup codes and remembered devices in a store. Each one-time thing is spent by one
// conditional statement: true is for the one caller who won. Safe from any thread. Errors as AccountStore.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authd/accounts/factors.h"
#include "base/result/result.h"

namespace picket::authd {

/// Every change of what a user can prove himself with ends, in the same transaction, all that he was granted
/// and his remembered devices; the last factor takes the backup codes with it.
class FactorStore {
 public:
  virtual ~FactorStore() = default;

  /// Empty ones when the user has none.
  virtual Result<SecondFactors> find(const std::string& user_id) = 0;
  /// Puts a secret that is yet to be confirmed. False when a confirmed one is there.
  virtual Result<bool> begin_totp(const std::string& user_id, const TotpEnrolment& enrolment) = 0;
  /// Confirms what was begun, and spends the step of the code that showed it.
  virtual Result<bool> confirm_totp(const std::string& user_id, std::int64_t step, WallTime now) = 0;
  /// Spends a time step (RFC 6238 5.2): every later one stays good, this and all before are gone.
  virtual Result<bool> spend_totp_step(const std::string& user_id, std::int64_t step) = 0;
  /// SMS goes with it. False when there is none.
  virtual Result<bool> remove_totp(const std::string& user_id) = 0;
  virtual Result<void> set_email_otp(const std::string& user_id, bool on) = 0;
  virtual Result<void> set_sms_otp(const std::string& user_id, bool on) = 0;

  /// The old ones end.
  virtual Result<void> replace_backup_codes(const std::string& user_id,
                                            const std::vector<StoredBackupCode>& codes) = 0;
  virtual Result<std::vector<StoredBackupCode>> backup_codes(const std::string& user_id) = 0;  ///< by slot
  /// `code` as it was read: that of a replaced set spends nothing.
  virtual Result<bool> use_backup_code(const std::string& user_id, const StoredBackupCode& code,
                                       WallTime now) = 0;
  /// All factors, codes, devices and API keys: after an admin's reset.
  virtual Result<void> remove_all(const std::string& user_id) = 0;
};

class DeviceStore {
 public:
  virtual ~DeviceStore() = default;

  virtual Result<void> add(const Device& device) = 0;
  virtual Result<std::optional<Device>> find_by_token(const std::string& token_hash) = 0;
  /// Neither revoked nor over, newest first.
  virtual Result<std::vector<Device>> list_live(const std::string& user_id, WallTime now) = 0;
  virtual Result<void> touch(const std::string& id, const std::string& ip, WallTime now) = 0;
  /// False when the user has no such live device.
  virtual Result<bool> revoke(const std::string& user_id, const std::string& id, WallTime now) = 0;
  virtual Result<std::int64_t> revoke_all(const std::string& user_id, WallTime now) = 0;
  virtual Result<std::int64_t> prune(WallTime before) = 0;
};

}  // namespace picket::authd
