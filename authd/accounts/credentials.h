// Credentials of programs and of people without a password: API keys, links that work once, and the daemon's
// own signing keys. Values as they are stored; a time of zero means "never".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/secret.h"
#include "base/time/clock.h"

namespace picket::authd {

struct ApiKey {
  std::string id{};
  std::string user_id{};
  std::string public_id{};  ///< the part of the key that finds it
  std::string mac{};        ///< of the rest: the key itself is nowhere
  std::string name{};
  std::vector<std::string> scopes{};
  std::string tier{};  ///< of the rate limits
  WallTime created_at{};
  WallTime expires_at{};
  WallTime revoked_at{};
  WallTime last_used_at{};

  bool is_live(WallTime now) const {
    return revoked_at == WallTime{} && (expires_at == WallTime{} || now < expires_at);
  }
};

struct ApiUsage {
  std::int64_t minute = 0;  ///< since 1970
  std::int64_t count = 0;
};

enum class LinkKind : std::uint8_t { Invite, PasswordReset, VerifyEmail, FirstOwner };
/// "invite", "password_reset", "verify_email", "first_owner".
std::string_view to_string(LinkKind kind);

/// A token that was mailed or printed, good for one use.
struct Link {
  std::string hash{};
  LinkKind kind = LinkKind::Invite;
  std::string user_id{};  ///< "" when it makes the user
  std::string email{};
  std::string role{};  ///< of an invitation
  WallTime created_at{};
  WallTime expires_at{};
  WallTime used_at{};
};

enum class StoredKeyState : std::uint8_t { Next, Active, Retired };
/// "next", "active", "retired".
std::string_view to_string(StoredKeyState state);

struct StoredSigningKey {
  std::string kid{};        ///< RFC 7638 thumbprint
  std::string algorithm{};  ///< "EdDSA", "ES256", "RS256"
  Secret private_key{};     ///< PKCS#8 DER; sealed in the database
  std::string public_jwk{};
  StoredKeyState state = StoredKeyState::Next;
  WallTime created_at{};
  WallTime activated_at{};
  WallTime retired_at{};
};

}  // namespace picket::authd
