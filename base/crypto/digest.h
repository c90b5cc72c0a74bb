// Hashes and MACs over byte strings (OpenSSL 3). Results are raw bytes; hex_encode/base64_encode make text.
#pragma once

#include <string>
#include <string_view>

namespace picket {

std::string sha256(std::string_view bytes);
std::string sha1(std::string_view bytes);  // for fingerprints that protocols fix, not for security
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Takes the same time wherever the two differ. Different lengths are unequal.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace picket
