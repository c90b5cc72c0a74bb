// One-time codes of RFC 4226 (HOTP): an HMAC of a counter, cut to 6 or 8 digits. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picket::authd {

enum class OtpAlgorithm { Sha1, Sha256, Sha512 };
std::string_view to_string(OtpAlgorithm algorithm);  ///< "SHA1", ... as otpauth:// has them

/// `digits` is 6, 7 or 8; leading zeros are kept. `key` is raw bytes.
std::string hotp(OtpAlgorithm algorithm, std::string_view key, std::uint64_t counter, int digits);

}  // namespace picket::authd
