// argon2id hashes as text: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>, base64 without padding (the PHC
// string format). Strict, since imported text comes from anywhere. Pure.
#pragma once

#include <string>
#include <string_view>

#include "authd/passwords/argon2.h"

namespace picket::authd {

struct Argon2Hash {
  Argon2Params params;
  std::string salt;  ///< raw bytes, as is `tag`
  std::string tag;
  bool operator==(const Argon2Hash&) const = default;
};

/// InvalidInput unless it is text that format_argon2_phc() writes, with parameters within bounds, 8 to 64
/// bytes of salt and 16 to 64 of tag. argon2i, argon2d and version 16 are refused by name.
Result<Argon2Hash> parse_argon2_phc(std::string_view text);
std::string format_argon2_phc(const Argon2Hash& hash);

}  // namespace picket::authd
