// Tokens that say nothing: a prefix that tells people (and secret scanners) what it is, and 256 random bits
// in base64url. Only a hash of one is ever stored. For invitations, reset links, remembered devices, CSRF.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/crypto/random.h"

namespace picket::authd {

/// `prefix` ends in an underscore: "pdv_".
Secret make_opaque_token(Random& random, std::string_view prefix);

/// Of that form: anything else need not be looked up.
bool is_opaque_token(std::string_view text, std::string_view prefix);

/// SHA-256 in base64url, what the store keeps: 256 random bits need neither salt nor a slow hash.
std::string opaque_token_hash(std::string_view token);

}  // namespace picket::authd
