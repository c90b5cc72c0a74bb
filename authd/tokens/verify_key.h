// The public half of a signing key: its JWK, its id, and the check of a signature. Immutable; copies share
// the key; safe from any thread. Built on OpenSSL 3 EVP, seen only inside this folder's .cc files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "authd/tokens/algorithm.h"
#include "base/result/result.h"

struct evp_pkey_st;

namespace picket::authd {

class VerifyKey {
 public:
  /// A public JWK (RFC 7517): OKP Ed25519, EC P-256, or RSA of 2048 to 8192 bits with e = 65537. Members
  /// that do not describe the key are passed over. InvalidInput otherwise.
  static Result<VerifyKey> from_jwk(std::string_view json);
  /// InvalidInput when it is none of the three kinds.
  static Result<VerifyKey> from_evp(std::shared_ptr<evp_pkey_st> key);

  Algorithm algorithm() const { return algorithm_; }
  /// RFC 7638 thumbprint (SHA-256, base64url, 43 characters).
  const std::string& kid() const { return kid_; }
  /// Public JWK with alg, kid and use, as one element of a JWKS.
  const std::string& jwk() const { return jwk_; }

  /// `signature` as JWS has it: 64 bytes for EdDSA and ES256 (r||s), the modulus' length for RS256.
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  VerifyKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm, const std::string& required_members);

  std::shared_ptr<evp_pkey_st> key_;
  Algorithm algorithm_;
  std::string kid_;
  std::string jwk_;
};

/// Of the form that kid() has; anything else is refused before it is looked up.
bool is_kid(std::string_view text);

}  // namespace picket::authd
