// What people prove themselves with, how often, and what they are told: the login's part of authd.yml, and
// the one in force. Plain values; LoginSettings is safe from any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "authd/lockout/lockout.h"
#include "authd/otp/backup_code.h"
#include "authd/otp/one_time_code.h"
#include "authd/passwords/hash_params.h"
#include "authd/passwords/password_policy.h"
#include "authd/sessions/owner_networks.h"
#include "authd/totp/totp.h"
#include "base/exec/mutex.h"

namespace picket::authd {

struct SecondFactorConfig {
  std::string issuer = "Picket";  ///< what authenticator apps show
  TotpParams totp{};              ///< of new enrolments
  TotpWindow window{};
  int backup_codes = kBackupCodesDefault;
  Duration challenge_lifetime = std::chrono::minutes(10);  ///< at most
  int challenge_tries = 5;
  /// A device that showed a second factor need not show it again; never for administrators and owners.
  bool remember_devices = true;
  Duration remember_for = std::chrono::hours(24 * 30);
};
void read_yaml(MapReader& r, SecondFactorConfig& c);

/// How many messages leave, whoever asks. What is over is not sent, and nobody is told.
struct SendCapsConfig {
  Duration pause = std::chrono::minutes(1);  ///< between two to one number or mailbox
  int per_target_hour = 5;
  int per_account_day = 10;
  int per_day = 1000;                       ///< of the whole daemon
  std::vector<std::string> sms_prefixes{};  ///< "+49": others get none; empty allows all
};
void read_yaml(MapReader& r, SendCapsConfig& c);

/// What people hear of by mail.
struct NoticeConfig {
  bool new_client = true;  ///< a login from a browser or a network that no live session has
  bool lock = true;        ///< failures have locked a way in
  bool change = true;      ///< password, factor, codes, mail address, phone number
  bool reuse = true;       ///< a used refresh token came back, and its login was ended

  bool operator==(const NoticeConfig&) const = default;
};
void read_yaml(MapReader& r, NoticeConfig& c);

struct LinkConfig {
  std::string base_url;  ///< "https://auth.example.org": never taken from a request. "" mails no links
  std::string reset_path = "/auth/reset";
  std::string accept_path = "/auth/invitation";
  std::string verify_path = "/auth/email";
  Duration reset_lifetime = std::chrono::hours(1);
  Duration invite_lifetime = std::chrono::hours(24);  ///< at most
  Duration verify_lifetime = std::chrono::hours(24);  ///< at most
};
void read_yaml(MapReader& r, LinkConfig& c);

struct LoginConfig {
  LockPolicy lockout{};
  HashParams hashing{};
  PasswordPolicyConfig passwords{};
  SecondFactorConfig second_factors{};
  OtpConfig codes{};
  SendCapsConfig caps{};
  NoticeConfig mail_on{};
  LinkConfig links{};
  OwnerNetworks owners{};  ///< filled in: they stand at the top of the file
};
/// lockout, hashing, passwords, second_factors, codes, caps, mail_on, links.
void read_yaml(MapReader& r, LoginConfig& c);

/// A configuration and what is made of it.
struct LoginRules {
  LoginConfig config;
  PasswordPolicy policy;

  /// Reads the file of frequent passwords, if one is named.
  static Result<std::shared_ptr<const LoginRules>> make(LoginConfig config, const Files& files);
};

class LoginSettings {
 public:
  explicit LoginSettings(std::shared_ptr<const LoginRules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const LoginRules> current() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return rules_;
  }
  void publish(std::shared_ptr<const LoginRules> rules) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    rules_.swap(rules);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const LoginRules> rules_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
