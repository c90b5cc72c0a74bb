// Access tokens: JWTs as RFC 9068 has them, signed by a KeyRing's active key, verified against all of its
// keys. Login issues them; forward-auth, the API and introspection verify them. Pure; times are whole seconds
// of the wall clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authd/tokens/key_ring.h"
#include "authd/tokens/token_fault.h"

namespace picket::authd {

constexpr std::string_view kAccessTokenType = "at+jwt";

struct AccessClaims {
  std::string issuer;                 ///< iss
  std::string subject;                ///< sub: the account's id
  std::vector<std::string> audience;  ///< aud: at least one
  std::string client_id;
  std::string id;  ///< jti
  WallTime issued_at{};
  WallTime not_before{};  ///< nbf; issued_at when the token has none
  WallTime expires_at{};

  std::string session_id;  ///< sid; "" for tokens without a session (client_credentials)
  std::string username;    ///< preferred_username (OpenID Connect Core 5.1): to be shown
  std::string role;
  std::int64_t epoch = 0;  ///< of the account when it was issued: the token is dead once that has moved on
  std::string scope;       ///< names with blanks between them
  std::vector<std::string> methods;  ///< amr (RFC 8176): "pwd", "otp", ...
  std::string level;                 ///< acr
  WallTime proved_at{};              ///< auth_time (RFC 9068 2.2.1); zero when the token has none

  bool operator==(const AccessClaims&) const = default;
};

/// What a verifier asks of a token.
struct AccessRules {
  std::string issuer;
  std::string audience;  ///< must be one of the token's
  Duration leeway = std::chrono::seconds(60);
  std::string_view typ = kAccessTokenType;
};

/// Times are cut to whole seconds. `typ` sets kinds of tokens apart: an identity header is no access token.
std::string issue(const SigningKey& key, const AccessClaims& claims, std::string_view typ = kAccessTokenType);

/// The claims of a token that holds at `now`. Its epoch, session and account are for the caller to judge.
/// A leeway over 60 s counts as 60 s.
Judged<AccessClaims> verify(std::string_view token, const KeyRing& ring, const AccessRules& rules,
                            WallTime now);

}  // namespace picket::authd
