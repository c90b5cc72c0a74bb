// Phone numbers and segments of sms.h. Sources: ITU-T E.164; 3GPP TS 23.038 6.2.1
// (alphabet), 23.040 9.2.3.24.1 (concatenation: 6 octets of header leave 153 septets or 67 units to each
// segment).
#include <algorithm>
#include <cstdint>

#include "base/deliver/sms.h"
#include "base/text/escape.h"

namespace picket {
namespace {

// The default alphabet and its extension table, less the letters and digits of ASCII.
constexpr std::u32string_view kGsm7 = U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
constexpr std::u32string_view kGsm7Extension = U"\f^{}\\[~]|€";

struct Limits {
  int single;
  int part;
};
constexpr Limits kGsm7Limits{160, 153};
constexpr Limits kUcs2Limits{70, 67};

// Takes the first character of valid UTF-8.
char32_t take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t character = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    character = (character << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(length);
  return character;
}

std::u32string characters(std::string_view text) {
  const std::string valid = repair_utf8(text);
  std::u32string out;
  for (std::string_view rest = valid; !rest.empty();) out += take(rest);
  return out;
}

// 0: not in the alphabet.
int gsm7_width(char32_t c) {
  const bool alphanumeric = (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9');
  if (alphanumeric || kGsm7.find(c) != std::u32string_view::npos) return 1;
  return kGsm7Extension.find(c) != std::u32string_view::npos ? 2 : 0;
}

int ucs2_width(char32_t c) {
  return c > 0xFFFF ? 2 : 1;
}

SmsSegments count(std::u32string_view text) {
  SmsSegments out;
  const bool gsm7 = std::ranges::all_of(text, [](char32_t c) { return gsm7_width(c) > 0; });
  out.encoding = gsm7 ? SmsEncoding::Gsm7 : SmsEncoding::Ucs2;
  const Limits limits = gsm7 ? kGsm7Limits : kUcs2Limits;
  int used = 0;  // of the last part; an escape pair or a surrogate pair is not split over two
  int parts = 1;
  for (const char32_t c : text) {
    const int width = gsm7 ? gsm7_width(c) : ucs2_width(c);
    out.units += width;
    const bool next_part = used + width > limits.part;
    parts += next_part ? 1 : 0;
    used = next_part ? width : used + width;
  }
  out.segments = text.empty() ? 0 : out.units <= limits.single ? 1 : parts;
  return out;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  const auto tail = [&](char32_t c, unsigned shift) {
    out += static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
  };
  for (const char32_t c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0U | (c >> 6U));
      tail(c, 0);
    } else if (c < 0x10000) {
      out += static_cast<char>(0xE0U | (c >> 12U));
      tail(c, 6);
      tail(c, 0);
    } else {
      out += static_cast<char>(0xF0U | (c >> 18U));
      tail(c, 12);
      tail(c, 6);
      tail(c, 0);
    }
  }
  return out;
}

}  // namespace

Result<void> check_phone_number(std::string_view number) {
  const std::string_view digits = number.starts_with('+') ? number.substr(1) : std::string_view();
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (all_digits && digits.size() >= 7 && digits.size() <= 15 && digits[0] != '0') return {};
  return fail(ErrorKind::InvalidInput, fmt::format("{} is not a phone number (write it as +14155550100)",
                                                   json_quote(number.substr(0, 32))));
}

SmsSegments count_segments(std::string_view text) {
  return count(characters(text));
}

std::string fit_segments(std::string_view text, int max_segments) {
  check(max_segments > 0, "a message has at least one segment");
  const std::u32string all = characters(text);
  if (count(all).segments <= max_segments) return to_utf8(all);
  const auto cut = [&](std::size_t length) { return all.substr(0, length) + U"..."; };
  // More characters never need fewer segments: the longest that fits is found by halving.
  std::size_t fits = 0;
  std::size_t too_long = std::min(all.size(), static_cast<std::size_t>(max_segments) * kGsm7Limits.single);
  if (count(cut(too_long)).segments <= max_segments) fits = too_long;
  while (too_long - fits > 1) {
    const std::size_t middle = fits + (too_long - fits) / 2;
    (count(cut(middle)).segments <= max_segments ? fits : too_long) = middle;
  }
  return to_utf8(cut(fits));
}

}  // namespace picket
