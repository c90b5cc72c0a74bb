#include "base/text/encoding.h"

#include <cstdint>

namespace picket {
namespace {

constexpr std::string_view kLowerHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// Digits of `bits` bits each, most significant first, the last one filled with zero bits.
std::string encode(std::string_view bytes, std::string_view alphabet, unsigned bits) {
  std::string out;
  out.reserve(bytes.size() * 8 / bits + 1);
  std::uint32_t buffer = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= bits; held -= bits)
      out += alphabet[(buffer >> (held - bits)) & ((1U << bits) - 1)];
  }
  if (held > 0) out += alphabet[(buffer << (bits - held)) & ((1U << bits) - 1)];
  return out;
}

// Refuses digits that no encoder writes: a last group too short for a byte, or filling bits that are not
// zero.
Result<std::string> decode(std::string_view text, std::string_view alphabet, unsigned bits) {
  std::string out;
  out.reserve(text.size() * bits / 8);
  std::uint32_t buffer = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos)
      return fail(ErrorKind::InvalidInput, "character outside the alphabet");
    buffer = (buffer << bits) | static_cast<std::uint32_t>(digit);
    held += bits;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((buffer >> held) & 0xFFU);
    }
  }
  const bool filled_with_zero = (buffer & ((1U << held) - 1)) == 0;
  if (held >= bits || !filled_with_zero)
    return fail(ErrorKind::InvalidInput, "encoded text is cut or not canonical");
  return out;
}

std::string_view strip_padding(std::string_view text) {
  return text.substr(0, text.find_last_not_of('=') + 1);
}

std::string pad(std::string text, std::size_t group) {
  text.append((group - text.size() % group) % group, '=');
  return text;
}

}  // namespace

std::string hex_encode(std::string_view bytes) {
  return encode(bytes, kLowerHex, 4);
}

Result<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorKind::InvalidInput, "odd number of hexadecimal digits");
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c + ('a' - 'A'));
  }
  return decode(lower, kLowerHex, 4);
}

std::string base64_encode(std::string_view bytes) {
  return pad(encode(bytes, kBase64, 6), 4);
}

std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, kBase64Url, 6);
}

Result<std::string> base64_decode(std::string_view text) {
  const std::string_view digits = strip_padding(text);
  if (text.size() % 4 != 0 || text.size() - digits.size() > 2) {
    return fail(ErrorKind::InvalidInput, "base64 is not padded to a multiple of 4");
  }
  return decode(digits, kBase64, 6);
}

Result<std::string> base64url_decode(std::string_view text) {
  const std::string_view digits = strip_padding(text);
  const bool padded = digits.size() != text.size();
  if (padded && (text.size() % 4 != 0 || text.size() - digits.size() > 2)) {
    return fail(ErrorKind::InvalidInput, "base64url has wrong padding");
  }
  return decode(digits, kBase64Url, 6);
}

std::string base32_encode(std::string_view bytes) {
  return encode(bytes, kBase32, 5);
}

Result<std::string> base32_decode(std::string_view text) {
  const std::string_view digits = strip_padding(text);
  const bool padded = digits.size() != text.size();
  if (padded && (text.size() % 8 != 0 || text.size() - digits.size() > 6)) {
    return fail(ErrorKind::InvalidInput, "base32 has wrong padding");
  }
  std::string upper(digits);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return decode(upper, kBase32, 5);
}

}  // namespace picket
