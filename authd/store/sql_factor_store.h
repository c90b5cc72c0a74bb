// FactorStore on a database. Safe from any thread; whatever can happen once is one conditional statement.
#pragma once

#include <functional>

#include "authd/accounts/factor_store.h"
#include "authd/store/vault.h"
#include "base/sql/database.h"

namespace picket::authd {

class SqlFactorStore final : public FactorStore {
 public:
  /// All must outlive it.
  SqlFactorStore(sql::Database& database, const Vault& vault, const Clock& clock)
      : database_(database), vault_(vault), clock_(clock) {}

  Result<SecondFactors> find(const std::string& user_id) override;
  Result<bool> begin_totp(const std::string& user_id, const TotpEnrolment& enrolment) override;
  Result<bool> confirm_totp(const std::string& user_id, std::int64_t step, WallTime now) override;
  Result<bool> spend_totp_step(const std::string& user_id, std::int64_t step) override;
  Result<bool> remove_totp(const std::string& user_id) override;
  Result<void> set_email_otp(const std::string& user_id, bool on) override;
  Result<void> set_sms_otp(const std::string& user_id, bool on) override;
  Result<void> replace_backup_codes(const std::string& user_id,
                                    const std::vector<StoredBackupCode>& codes) override;
  Result<std::vector<StoredBackupCode>> backup_codes(const std::string& user_id) override;
  Result<bool> use_backup_code(const std::string& user_id, const StoredBackupCode& code,
                               WallTime now) override;
  Result<void> remove_all(const std::string& user_id) override;

 private:
  using Work = std::function<Result<bool>(sql::Session&)>;
  Result<bool> change(const std::string& user_id, const Work& work);
  Result<void> end_what_rests_on_factors(sql::Session& session, const std::string& user_id);
  Result<void> set_otp(std::string_view column, const std::string& user_id, bool on);

  sql::Database& database_;
  const Vault& vault_;
  const Clock& clock_;
};

}  // namespace picket::authd
