// authd.yml as a whole: a part of the file is a struct of the folder that it is for. An empty file is valid:
// every default is here or there, and shown in authd.example.yml. Immutable after loading.
#pragma once

#include <optional>
#include <string>

#include "authd/address/client_address.h"
#include "authd/config/mail_config.h"
#include "authd/config/passwords_config.h"
#include "authd/lockout/lockout.h"
#include "authd/otp/one_time_code.h"
#include "authd/ratelimit/ratelimit_config.h"
#include "authd/secrets/vault_kv.h"
#include "authd/tokens/token_config.h"
#include "authd/totp/totp.h"

namespace picket::authd {

struct BrandingConfig {
  std::string name = "Picket";  ///< of pages, mails and authenticator apps
};
void read_yaml(MapReader& r, BrandingConfig& c);

struct AuditConfig {
  Duration retention = std::chrono::hours(24 * 365);  ///< zero: for ever
  std::string file;                                   ///< for log shippers; "" for none
};
void read_yaml(MapReader& r, AuditConfig& c);

struct TotpConfig {
  TotpParams params{};  ///< of enrolments from now on
  TotpWindow window{};
};
/// totp_algorithm, totp_digits, totp_skew.
void read_yaml(MapReader& r, TotpConfig& c);

struct SecretsConfig {
  std::optional<VaultKvConfig> vault{};
};
void read_yaml(MapReader& r, SecretsConfig& c);

struct AuthdConfig {
  std::string public_url;  ///< of links in mails, without a slash at its end; "": --web.external-url
  BrandingConfig branding{};
  TrustedProxies trusted_proxies{};

  TokenConfig tokens{};
  PasswordsConfig passwords{};
  TotpConfig second_factors{};
  OtpConfig codes{};  ///< that are sent

  LockPolicy lockout{};
  RateLimitConfig ratelimit{};

  AuditConfig audit{};
  std::optional<MailConfig> mail{};
  std::optional<SmsConfig> sms{};
  SecretsConfig secrets{};
};
void read_yaml(MapReader& r, AuthdConfig& c);

/// The error holds every problem, one a line.
Result<AuthdConfig> load_authd_config(const std::string& file, const Files& files);

}  // namespace picket::authd
