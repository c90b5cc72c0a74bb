#include "base/metrics/label_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (c == '"' && quotes)) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
}

/// False when it had to be repaired.
bool append_checked(std::string& out, std::string_view text, bool quotes) {
  if (text.find('\0') == std::string_view::npos && is_valid_utf8(text)) {
    append_escaped(out, text, quotes);
    return true;
  }
  const std::string repaired = replace_all(repair_utf8(text), std::string_view("\0", 1), "\uFFFD");
  append_escaped(out, repaired, quotes);
  return false;
}

}  // namespace

bool append_label_value(std::string& out, std::string_view value) {
  return append_checked(out, value, true);
}

void append_help(std::string& out, std::string_view help, ExpositionFormat format) {
  append_checked(out, help, format == ExpositionFormat::OpenMetrics1);
}

std::string bound_text(double bound) {
  if (!std::isfinite(bound)) return format_double(bound);
  const double size = std::fabs(bound);
  const bool fixed = size == 0 || (size >= 1e-4 && size < 1e6);
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bound,
                                 fixed ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(digits.data(), end.ptr);
  if (fixed && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::size_t count_characters(std::string_view text) {
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, starts));
}

}  // namespace picket
