#include "authd/totp/hotp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/result/result.h"

namespace picket::authd {
namespace {

const EVP_MD* digest_of(OtpAlgorithm algorithm) {
  switch (algorithm) {
    case OtpAlgorithm::Sha1:
      return EVP_sha1();
    case OtpAlgorithm::Sha256:
      return EVP_sha256();
    case OtpAlgorithm::Sha512:
      break;
  }
  return EVP_sha512();
}

std::array<unsigned char, 8> big_endian(std::uint64_t number) {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<unsigned char>(number >> (8 * (bytes.size() - 1 - i)));
  }
  return bytes;
}

struct Mac {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
};

Mac mac_of(OtpAlgorithm algorithm, std::string_view key, std::uint64_t counter) {
  const auto text = big_endian(counter);
  const char* key_start =
      key.data() == nullptr ? "" : key.data();  // null would mean "the key of the last call"
  Mac mac;
  const unsigned char* done = HMAC(digest_of(algorithm), key_start, static_cast<int>(key.size()), text.data(),
                                   text.size(), mac.bytes.data(), &mac.size);
  check(done != nullptr, "OpenSSL has no such MAC");
  return mac;
}

/// RFC 4226 5.3, dynamic truncation: 31 bits at the place that the last four bits name.
std::uint32_t truncated(const Mac& mac) {
  const std::size_t at = mac.bytes.at(mac.size - 1) & 0x0FU;
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) number = (number << 8U) | mac.bytes.at(i);
  return number & 0x7FFFFFFFU;
}

std::uint32_t power_of_ten(int digits) {
  std::uint32_t power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

}  // namespace

std::string_view to_string(OtpAlgorithm algorithm) {
  switch (algorithm) {
    case OtpAlgorithm::Sha1:
      return "SHA1";
    case OtpAlgorithm::Sha256:
      return "SHA256";
    case OtpAlgorithm::Sha512:
      break;
  }
  return "SHA512";
}

std::string hotp(OtpAlgorithm algorithm, std::string_view key, std::uint64_t counter, int digits) {
  check(digits >= 6 && digits <= 8, "one-time codes have 6 to 8 digits");
  const std::uint32_t code = truncated(mac_of(algorithm, key, counter)) % power_of_ten(digits);
  return fmt::format("{:0{}}", code, digits);
}

}  // namespace picket::authd
