#include "authd/tokens/signing_key.h"

#include <openssl/x509.h>

#include "authd/tokens/evp.h"

namespace picket::authd {
namespace {

constexpr unsigned kRsaBits = 2048;
constexpr std::string_view kProbe = "these halves fit";

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;

EVP_PKEY* generate(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::EdDsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case Algorithm::Es256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case Algorithm::Rs256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kRsaBits));
  }
  return nullptr;
}

}  // namespace

Result<SigningKey> SigningKey::make(Algorithm algorithm) {
  EVP_PKEY* made = generate(algorithm);
  if (made == nullptr) {
    return fail(ErrorKind::Internal, fmt::format("OpenSSL cannot make a key for {}", to_string(algorithm)));
  }
  Pkey key = own_pkey(made);
  Result<VerifyKey> verify_key = VerifyKey::from_evp(key);
  if (!verify_key) return fail(verify_key);
  return SigningKey(std::move(key), std::move(*verify_key));
}

Result<SigningKey> SigningKey::load(const Secret& pkcs8_der) {
  const std::string& bytes = pkcs8_der.reveal();
  const unsigned char* at = octets(std::string_view(bytes));
  const Pkcs8 parsed(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(bytes.size())));
  const bool is_whole = parsed && at == octets(std::string_view(bytes)) + bytes.size();
  EVP_PKEY* loaded = is_whole ? EVP_PKCS82PKEY(parsed.get()) : nullptr;
  if (loaded == nullptr) return fail(ErrorKind::Corrupt, "the stored signing key is no PKCS#8 key");
  Pkey key = own_pkey(loaded);
  Result<VerifyKey> verify_key = VerifyKey::from_evp(key);
  if (!verify_key) return fail(ErrorKind::Corrupt, "the stored signing key is " + verify_key.error().message);
  SigningKey signing(std::move(key), std::move(*verify_key));
  if (!signing.verify_key().verify(kProbe, signing.sign(kProbe))) {
    return fail(ErrorKind::Corrupt, "the halves of the stored signing key do not fit");
  }
  return signing;
}

Secret SigningKey::save() const {
  const Pkcs8 wrapped(EVP_PKEY2PKCS8(key_.get()));
  unsigned char* out = nullptr;
  const int size = wrapped ? i2d_PKCS8_PRIV_KEY_INFO(wrapped.get(), &out) : -1;
  check(size > 0, "OpenSSL cannot write a key that it holds");
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_clear_free(out, static_cast<std::size_t>(size));
  return Secret(std::move(der));
}

std::string SigningKey::sign(std::string_view message) const {
  const EVP_MD* digest = verify_key_.algorithm() == Algorithm::EdDsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  const bool is_signed =
      context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), octets(signature), &size, octets(message), message.size()) == 1;
  if (!is_signed) return "";
  signature.resize(size);
  if (verify_key_.algorithm() == Algorithm::Es256) return raw_of_der(signature).value_or("");
  return signature;
}

}  // namespace picket::authd
