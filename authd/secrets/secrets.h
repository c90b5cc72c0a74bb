// authd's own keys: found where the operator put them, or made at the first start. Used by the daemon and by
// authctl. The same on every replica of one database. Blocks (files, Vault).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "authd/secrets/sealing_keys.h"
#include "authd/secrets/vault_kv.h"
#include "base/files/files.h"

namespace picket::authd {

// Each of the four is looked for by itself, first found, in this order:
//   1. the environment: AUTHD_SEALING_KEYS, or the file that AUTHD_SEALING_KEYS_FILE names
//   2. systemd: $CREDENTIALS_DIRECTORY/authd.sealing_keys (LoadCredential=authd.sealing_keys:/etc/...)
//   3. Vault, when it is configured: the field sealing_keys
//   4. STORAGE/secrets/sealing.keys, made when it is not there and Vault is not configured
// The others are AUDIT_KEY (audit.key), API_KEY_KEY (api_key.key) and OTP_KEY (otp.key): at least 32 random
// bytes in base64 or base64url.

struct AuthdSecrets {
  Keyring sealing;  ///< columns of the database
  Secret audit;     ///< signs the ends of the audit log
  Secret api_keys;  ///< HMAC of API keys
  Secret otp;       ///< HMAC of sent codes
};

struct SecretSources {
  std::string storage_path{};
  std::map<std::string, std::string> environment{};  ///< AUTHD_*_KEY(S), AUTHD_*_FILE, CREDENTIALS_DIRECTORY
  std::optional<VaultKvConfig> vault{};
};
/// What this process was started with.
std::map<std::string, std::string> secret_environment();

struct SecretParts {  ///< all must outlive the call
  Files& files;
  Random& random;
  HttpClient* client = nullptr;  ///< for Vault; null: a configured Vault is Unavailable
};

/// The error names the secret, the place and what to do; it holds no secret.
Result<AuthdSecrets> load_secrets(const SecretSources& sources, const SecretParts& parts);

/// The file that holds the sealing keys, for authctl to change; Denied when they come from elsewhere.
Result<std::string> sealing_keys_file(const SecretSources& sources, const Files& files);

}  // namespace picket::authd
