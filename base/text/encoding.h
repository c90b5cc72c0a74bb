// Bytes as text: hexadecimal, base64 and base64url (RFC 4648 4, 5), base32 (RFC 4648 6).
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

std::string hex_encode(std::string_view bytes);  // lower case
Result<std::string> hex_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);            // padded
std::string base64url_encode(std::string_view bytes);         // not padded
Result<std::string> base64_decode(std::string_view text);     // padded; strict
Result<std::string> base64url_decode(std::string_view text);  // padding optional; strict
std::string base32_encode(std::string_view bytes);            // not padded, upper case
Result<std::string> base32_decode(std::string_view text);     // lower case and missing padding accepted

}  // namespace picket
