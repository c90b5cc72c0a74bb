#include "base/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/result/result.h"

namespace picket {
namespace {

using DigestBuffer = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string text_of(const DigestBuffer& buffer, unsigned size) {
  return {reinterpret_cast<const char*>(buffer.data()), size};
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  DigestBuffer out{};
  unsigned size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr);
  check(done == 1, "OpenSSL has no such digest");
  return text_of(out, size);
}

std::string hmac(const EVP_MD* algorithm, std::string_view key, std::string_view bytes) {
  DigestBuffer out{};
  unsigned size = 0;
  // A null key would mean "the key of the last call".
  const char* key_start = key.data() == nullptr ? "" : key.data();
  const auto* octets = reinterpret_cast<const unsigned char*>(bytes.data());
  const unsigned char* done =
      HMAC(algorithm, key_start, static_cast<int>(key.size()), octets, bytes.size(), out.data(), &size);
  check(done != nullptr, "OpenSSL has no such MAC");
  return text_of(out, size);
}

}  // namespace

std::string sha256(std::string_view bytes) {
  // Fetched once: EVP_sha256() is looked up among the providers again by every digest (crypto(7)).
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest(algorithm, bytes);
}

std::string sha1(std::string_view bytes) {
  return digest(EVP_sha1(), bytes);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac(EVP_sha256(), key, bytes);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace picket
