#include "authd/store/sql_factor_store.h"

#include "authd/store/columns.h"
#include "authd/store/device_rows.h"
#include "authd/store/ended_rows.h"
#include "authd/store/in_transaction.h"

namespace picket::authd {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO second_factors (user_id, totp_secret, totp_secret_sealed_by, totp_algorithm, totp_digits, "
    "totp_confirmed_at, totp_last_step, email_otp, sms_otp) ";

/// Backup codes stand in for another factor, and without one for nothing.
Result<bool> drop_lonely_codes(sql::Session& session, const std::string& user_id) {
  const auto dropped = session.execute(
      "DELETE FROM backup_codes WHERE user_id = $1 AND NOT EXISTS (SELECT 1 FROM second_factors WHERE "
      "user_id = $2 AND (totp_confirmed_at > 0 OR email_otp = 1 OR sms_otp = 1))",
      {user_id, user_id});
  if (!dropped) return fail(dropped);
  return true;
}

SealedPlace secret_of(const std::string& user_id) {
  return {"second_factors", "totp_secret", user_id};
}

}  // namespace

/// With what ends when factors change, in one transaction. False when nothing changed.
Result<bool> SqlFactorStore::change(const std::string& user_id, const Work& work) {
  return in_transaction<bool>(database_, [&](sql::Session& session) -> Result<bool> {
    Result<bool> changed = work(session);
    if (!changed || !*changed) return changed;
    if (const auto ended = end_what_rests_on_factors(session, user_id); !ended) return fail(ended);
    return true;
  });
}

Result<void> SqlFactorStore::end_what_rests_on_factors(sql::Session& session, const std::string& user_id) {
  const auto devices = revoke_devices(session, user_id, clock_.wall());
  if (!devices) return fail(devices);
  const auto epoch = raise_epoch(session, user_id, clock_.wall());
  return epoch ? Result<void>() : fail(epoch);
}

Result<SecondFactors> SqlFactorStore::find(const std::string& user_id) {
  const auto rows = database_.query(
      "SELECT totp_secret, totp_algorithm, totp_digits, totp_confirmed_at, totp_last_step, email_otp, "
      "sms_otp FROM second_factors WHERE user_id = $1",
      {user_id});
  if (!rows) return fail(rows);
  SecondFactors factors;
  if (rows->empty()) return factors;
  const sql::Row row = (*rows)[0];
  auto secret = vault_.open(secret_of(user_id), row.text(0));
  if (!secret) return fail(secret);
  factors.totp.secret = Secret(std::move(*secret));
  factors.totp.algorithm = row.text(1);
  factors.totp.digits = static_cast<int>(row.integer(2));
  factors.totp_confirmed_at = time_at(row, 3);
  factors.totp_last_step = row.integer(4);
  factors.email_otp = truth_at(row, 5);
  factors.sms_otp = truth_at(row, 6);
  return factors;
}

// The last step stays over a new enrolment: a secret that comes back does not bring spent codes with it.
Result<bool> SqlFactorStore::begin_totp(const std::string& user_id, const TotpEnrolment& enrolment) {
  const auto sealed = vault_.seal(secret_of(user_id), enrolment.secret.reveal());
  if (!sealed) return fail(sealed);
  return won(database_.execute(
      fmt::format("{}VALUES ($1, $2, $3, $4, $5, 0, -1, 0, 0) ON CONFLICT (user_id) DO UPDATE SET "
                  "totp_secret = excluded.totp_secret, totp_secret_sealed_by = "
                  "excluded.totp_secret_sealed_by, totp_algorithm = excluded.totp_algorithm, totp_digits = "
                  "excluded.totp_digits WHERE second_factors.totp_confirmed_at = 0",
                  kInsert),
      {user_id, sealed->envelope, sealed->key_id, enrolment.algorithm, number(enrolment.digits)}));
}

Result<bool> SqlFactorStore::confirm_totp(const std::string& user_id, std::int64_t step, WallTime now) {
  return change(user_id, [&](sql::Session& session) {
    return won(session.execute(
        "UPDATE second_factors SET totp_confirmed_at = $3, totp_last_step = $2 WHERE user_id = $1 AND "
        "totp_secret <> '' AND totp_confirmed_at = 0 AND totp_last_step < $2",
        {user_id, step, millis(now)}));
  });
}

Result<bool> SqlFactorStore::spend_totp_step(const std::string& user_id, std::int64_t step) {
  return won(
      database_.execute("UPDATE second_factors SET totp_last_step = $2 WHERE user_id = $1 AND "
                        "totp_confirmed_at > 0 AND totp_last_step < $2",
                        {user_id, step}));
}

// SMS is a factor only beside it.
Result<bool> SqlFactorStore::remove_totp(const std::string& user_id) {
  return change(user_id, [&](sql::Session& session) {
    Result<bool> removed =
        won(session.execute("UPDATE second_factors SET totp_secret = '', totp_secret_sealed_by = '', "
                            "totp_confirmed_at = 0, sms_otp = 0 WHERE user_id = $1 AND totp_secret <> ''",
                            {user_id}));
    return removed && *removed ? drop_lonely_codes(session, user_id) : removed;
  });
}

Result<void> SqlFactorStore::set_otp(std::string_view column, const std::string& user_id, bool on) {
  const bool is_email = column == "email_otp";
  return done(change(user_id, [&](sql::Session& session) -> Result<bool> {
    const auto set = session.execute(
        fmt::format("{}VALUES ($1, '', '', 'SHA1', 6, 0, -1, $2, $3) ON CONFLICT (user_id) DO UPDATE SET {} "
                    "= excluded.{}",
                    kInsert, column, column),
        {user_id, truth(is_email && on), truth(!is_email && on)});
    if (!set) return fail(set);
    return drop_lonely_codes(session, user_id);
  }));
}

Result<void> SqlFactorStore::set_email_otp(const std::string& user_id, bool on) {
  return set_otp("email_otp", user_id, on);
}

Result<void> SqlFactorStore::set_sms_otp(const std::string& user_id, bool on) {
  return set_otp("sms_otp", user_id, on);
}

Result<void> SqlFactorStore::replace_backup_codes(const std::string& user_id,
                                                  const std::vector<StoredBackupCode>& codes) {
  return done(change(user_id, [&](sql::Session& session) -> Result<bool> {
    const auto ended = session.execute("DELETE FROM backup_codes WHERE user_id = $1", {user_id});
    if (!ended) return fail(ended);
    for (const StoredBackupCode& code : codes) {
      const auto added =
          session.execute("INSERT INTO backup_codes (user_id, slot, hash, used_at) VALUES ($1, $2, $3, $4)",
                          {user_id, number(code.slot), code.hash, millis(code.used_at)});
      if (!added) return fail(added);
    }
    return true;
  }));
}

Result<std::vector<StoredBackupCode>> SqlFactorStore::backup_codes(const std::string& user_id) {
  return each_of<StoredBackupCode>(
      database_.query("SELECT slot, hash, used_at FROM backup_codes WHERE user_id = $1 ORDER BY slot",
                      {user_id}),
      [](const sql::Row& row) -> Result<StoredBackupCode> {
        return StoredBackupCode{static_cast<int>(row.integer(0)), row.text(1), time_at(row, 2)};
      });
}

Result<bool> SqlFactorStore::use_backup_code(const std::string& user_id, const StoredBackupCode& code,
                                             WallTime now) {
  return won(
      database_.execute("UPDATE backup_codes SET used_at = $4 WHERE user_id = $1 AND slot = $2 AND hash = $3 "
                        "AND used_at = 0",
                        {user_id, number(code.slot), code.hash, millis(now)}));
}

Result<void> SqlFactorStore::remove_all(const std::string& user_id) {
  return done(change(user_id, [&](sql::Session& session) -> Result<bool> {
    for (const std::string_view table : {"second_factors", "backup_codes", "devices"}) {
      const auto gone = session.execute(fmt::format("DELETE FROM {} WHERE user_id = $1", table), {user_id});
      if (!gone) return fail(gone);
    }
    if (const auto over = revoke_api_keys(session, user_id, clock_.wall()); !over) return fail(over);
    return true;
  }));
}

}  // namespace picket::authd
