// authd.yml as a whole: a part of the file is a struct of the folder that it is for. An empty file is valid:
// every default is here or there, and shown in authd.example.yml. Immutable after loading.
#pragma once

#include <optional>
#include <string>

#include "authd/address/client_address.h"
#include "authd/config/mail_config.h"
#include "authd/forward_auth/forward_auth_config.h"
#include "authd/login/login_config.h"
#include "authd/passwords/kdf_pool.h"
#include "authd/ratelimit/ratelimit_config.h"
#include "authd/secrets/vault_kv.h"
#include "authd/sessions/session_config.h"
#include "authd/tokens/token_config.h"
#include "base/http/cors.h"
#include "base/http/security_headers.h"

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

struct SecretsConfig {
  std::optional<VaultKvConfig> vault{};
};
void read_yaml(MapReader& r, SecretsConfig& c);

/// For no origin; with all that the API needs for those that are added.
Cors cors_of_the_api();

/// One factor for everything.
ForwardAuthConfig whoever_is_logged_in();

struct AuthdConfig {
  std::string public_url;  ///< of links in mails, without a slash at its end; "": --web.external-url
  BrandingConfig branding{};
  TrustedProxies trusted_proxies{};
  OwnerNetworks owner_networks{};  ///< for logins, sessions, the API and forward-auth alike

  /// Pages say themselves what they may load and refer to.
  SecurityHeaders security_headers{};
  Cors cors = cors_of_the_api();

  TokenConfig tokens{};
  SessionConfig sessions{};
  LoginConfig login{};  ///< its keys stand at the top: lockout, hashing, passwords, second_factors, ...
  KdfPoolConfig kdf{};  ///< where passwords are hashed
  /// Without this part of the file whoever is logged in may pass; with it, what no rule allows is denied.
  ForwardAuthConfig forward_auth = whoever_is_logged_in();
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
