// A stored password: argon2id as a PHC string, or bcrypt ($2b$, also $2a$ and $2y$). make() and verify() are
// slow on purpose: run them in the KdfPool. Immutable; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "authd/names/opaque_string.h"
#include "authd/passwords/hash_params.h"
#include "base/crypto/random.h"

namespace picket::authd {

class PasswordHash {
 public:
  /// `params` must be valid. bcrypt refuses more than 72 bytes (InvalidInput), which it would cut silently.
  static Result<PasswordHash> make(const OpaqueString& password, const HashParams& params, Random& random);
  /// What text() gave, or another program made. InvalidInput when it is malformed or costs more than the
  /// bounds of hash_params.h allow: stored hashes can be imported ones. Takes microseconds.
  static Result<PasswordHash> parse(std::string_view stored);
  /// A hash that no password has, made in microseconds and as costly to verify as one of `params`: what
  /// unknown users are verified against, so that their logins take as long.
  static PasswordHash decoy(const HashParams& params, Random& random);

  /// False takes as long as true, also for passwords that bcrypt cannot take. Unavailable without memory.
  Result<bool> verify(const OpaqueString& password) const;
  /// True when make() would write it otherwise. After a right password make it again and store it; when
  /// make() refuses (bcrypt, a long password) keep the old one.
  bool needs_rehash(const HashParams& params) const;

  HashAlgorithm algorithm() const { return algorithm_; }
  const std::string& text() const { return text_; }

 private:
  PasswordHash(HashAlgorithm algorithm, std::string text) : algorithm_(algorithm), text_(std::move(text)) {}

  HashAlgorithm algorithm_;
  std::string text_;
};

}  // namespace picket::authd
