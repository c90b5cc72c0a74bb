#include "alertd/series/go_string.h"

#include <fmt/format.h>

#include <charconv>

namespace picket::alertd {

namespace {

constexpr std::string_view kEscapeNames = "abfnrtv";
constexpr std::string_view kEscapeBytes = "\a\b\f\n\r\t\v";
constexpr std::uint32_t kReplacement = 0xFFFD;

char byte(std::uint32_t value) {
  return static_cast<char>(static_cast<unsigned char>(value));
}

struct NumberEscape {
  std::size_t digits;
  int base;
  bool code_point;
};

bool read_number(std::string_view text, std::size_t& at, const NumberEscape& form, std::string& out) {
  const std::string_view part = text.substr(std::min(at, text.size()), form.digits);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), code, form.base);
  if (part.size() != form.digits || error != std::errc() || end != part.data() + part.size()) return false;
  at += form.digits;
  if (!form.code_point) {
    out += byte(code);
    return code <= 0xFF;
  }
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  append_utf8(out, code);
  return true;
}

/// Bytes of the sequence that `lead` starts, 0 when it starts none.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool is_well_formed(std::uint32_t code, std::size_t length) {
  if (length == 3) return code >= 0x800 && (code < 0xD800 || code >= 0xE000);
  return length < 4 || (code >= 0x10000 && code <= 0x10FFFF);
}

bool prints_as_itself(std::uint32_t code) {
  return code >= 0x20 && code != 0x7F && (code < 0x80 || code > 0x9F) && code != 0xAD && code != 0xFEFF &&
         (code < 0x2028 || code > 0x202F) && (code < 0x200B || code > 0x200F);
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    out += byte(code_point);
    return;
  }
  if (code_point < 0x800) {
    out += byte(0xC0 | (code_point >> 6));
  } else if (code_point < 0x10000) {
    out += byte(0xE0 | (code_point >> 12));
    out += byte(0x80 | ((code_point >> 6) & 0x3F));
  } else {
    out += byte(0xF0 | (code_point >> 18));
    out += byte(0x80 | ((code_point >> 12) & 0x3F));
    out += byte(0x80 | ((code_point >> 6) & 0x3F));
  }
  out += byte(0x80 | (code_point & 0x3F));
}

std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = sequence_length(lead);
  if (length == 1) {
    ++at;
    return lead;
  }
  if (length == 0 || at + length > text.size()) {
    ++at;
    return kReplacement;
  }
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80U) {
      ++at;
      return kReplacement;
    }
    code = (code << 6) | (next & 0x3FU);
  }
  if (!is_well_formed(code, length)) {
    ++at;
    return kReplacement;
  }
  at += length;
  return code;
}

bool read_go_escape(std::string_view text, std::size_t& at, char quote, std::string& out) {
  if (at >= text.size()) return false;
  const char c = text[at++];
  if (const std::size_t i = kEscapeNames.find(c); i != std::string_view::npos) {
    out += kEscapeBytes[i];
    return true;
  }
  if (c == '\\' || c == quote) {
    out += c;
    return true;
  }
  if (c == 'x') return read_number(text, at, {2, 16, false}, out);
  if (c == 'u') return read_number(text, at, {4, 16, true}, out);
  if (c == 'U') return read_number(text, at, {8, 16, true}, out);
  if (c < '0' || c > '7') return false;
  --at;
  return read_number(text, at, {3, 8, false}, out);
}

std::string quote_go(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const std::uint32_t code = next_code_point(text, at);
    const char first = text[start];
    if (first == '"' || first == '\\') {
      out += '\\';
      out += first;
    } else if (const std::size_t i = kEscapeBytes.find(first); i != std::string_view::npos) {
      out += '\\';
      out += kEscapeNames[i];
    } else if (code == kReplacement && at - start == 1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(first));
    } else if (prints_as_itself(code)) {
      out += text.substr(start, at - start);
    } else if (code < 0x80) {
      out += fmt::format("\\x{:02x}", code);
    } else {
      out += fmt::format("\\u{:04x}", code);
    }
  }
  return out + '"';
}

}  // namespace picket::alertd
