// Why a token was not believed: a closed list, fit for a metric label. The one who presented the token is
// told none of it (he gets 401); used by jws.h and access_token.h.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

namespace picket::authd {

enum class TokenFault : std::uint8_t {
  TooLong,     ///< over 8 KiB
  Malformed,   ///< not three parts of canonical base64url, or not strict JSON
  Header,      ///< a header member that is missing, of the wrong type, or that we never write
  Algorithm,   ///< "none", HS*, or not the one of the key
  UnknownKey,  ///< no such key in the ring
  Signature,
  Type,    ///< typ of another kind of token
  Claims,  ///< a claim that is missing or of the wrong type
  Issuer,
  Audience,
  Expired,
  NotYet,  ///< nbf or iat lie in the future
};

constexpr std::array<TokenFault, 12> kTokenFaults{
    TokenFault::TooLong,    TokenFault::Malformed, TokenFault::Header,  TokenFault::Algorithm,
    TokenFault::UnknownKey, TokenFault::Signature, TokenFault::Type,    TokenFault::Claims,
    TokenFault::Issuer,     TokenFault::Audience,  TokenFault::Expired, TokenFault::NotYet};

/// "too_long", "unknown_key", ...
std::string_view to_string(TokenFault fault);

/// A verdict on a token: what it says, or why it is refused.
template <class T>
using Judged = tl::expected<T, TokenFault>;

inline tl::unexpected<TokenFault> refuse(TokenFault fault) {
  return tl::unexpected<TokenFault>(fault);
}

}  // namespace picket::authd
