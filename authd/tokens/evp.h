// OpenSSL's objects with owners, and signatures between DER (OpenSSL) and r||s (JWS). Inside of this folder's
// .cc files only. Source: RFC 7518 3.4.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace picket::authd {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Pkey = std::shared_ptr<EVP_PKEY>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

/// Takes ownership.
inline Pkey own_pkey(EVP_PKEY* key) {
  return Pkey(key, [](EVP_PKEY* owned) { EVP_PKEY_free(owned); });
}

inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

/// Big-endian; nothing when it does not fit into `size` bytes.
std::optional<std::string> to_bytes(const BIGNUM* number, std::size_t size);
BigNumber to_number(std::string_view bytes);

/// r||s, 64 bytes, with s made the lower one; nothing when `der` is no signature.
std::optional<std::string> raw_of_der(std::string_view der);
/// Nothing unless `raw` is 64 bytes with r and s other than zero.
std::optional<std::string> der_of_raw(std::string_view raw);

}  // namespace picket::authd
