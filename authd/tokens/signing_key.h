// A private key that signs tokens. Immutable; copies share the key; safe from any thread. Key bytes come from
// OpenSSL's own generator (seeded by getrandom), not from the Random seam: only OpenSSL can make RSA keys.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "authd/tokens/verify_key.h"
#include "base/config/secret.h"

namespace picket::authd {

class SigningKey {
 public:
  /// RSA keys have 2048 bits and take some 100 ms. Internal when OpenSSL cannot.
  static Result<SigningKey> make(Algorithm algorithm);
  /// From save(). Corrupt when it is none, of another kind, or its halves do not fit.
  static Result<SigningKey> load(const Secret& pkcs8_der);

  /// PKCS#8 DER bytes, in clear: the store seals them.
  Secret save() const;
  /// As VerifyKey::verify takes it. ES256 always gives the lower of the two possible s.
  std::string sign(std::string_view message) const;
  const VerifyKey& verify_key() const { return verify_key_; }
  const std::string& kid() const { return verify_key_.kid(); }

 private:
  SigningKey(std::shared_ptr<evp_pkey_st> key, VerifyKey verify_key)
      : key_(std::move(key)), verify_key_(std::move(verify_key)) {}

  std::shared_ptr<evp_pkey_st> key_;
  VerifyKey verify_key_;
};

}  // namespace picket::authd
