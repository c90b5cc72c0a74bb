#include "base/log/line.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7f;
}

/// The code point at `text` when it is one that a terminal or a log reader takes for more than a letter: C1
/// controls, line and paragraph separators, bidirectional overrides. 0 otherwise. `text` is valid UTF-8.
unsigned unprintable(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return byte(1);
  if (byte(0) != 0xe2) return 0;
  const unsigned point = 0x2000U | ((byte(1) & 0x3fU) << 6U) | (byte(2) & 0x3fU);
  const bool separator = point == 0x2028 || point == 0x2029;
  const bool direction = (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
                         point == 0x200e || point == 0x200f;
  return separator || direction ? point : 0;
}

std::string bounded(std::string_view value) {
  return truncate(repair_utf8(value.substr(0, kLogValueBytesMax * 2)), kLogValueBytesMax);
}

void append_escaped_char(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (is_control(byte)) {
    out += fmt::format("\\u{:04x}", byte);
  } else {
    out += c;
  }
}

/// The same escapes in both formats: those of JSON.
void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (std::size_t i = 0; i < value.size(); ++i) {
    const unsigned point = unprintable(value.substr(i));
    if (point == 0) {
      append_escaped_char(out, value[i]);
    } else {
      out += fmt::format("\\u{:04x}", point);
      i += point < 0x800 ? 1 : 2;
    }
  }
  out += '"';
}

bool is_bare_logfmt(std::string_view value) {
  const auto bare = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && c != '"' && c != '=' && c != '\\';
  };
  return !value.empty() && std::ranges::all_of(value, bare);
}

/// NaN and infinities are no JSON numbers.
bool is_bare_json(const LogField& field) {
  const std::string& v = field.value;
  if (!field.number || v.empty()) return false;
  const char first = v[0] == '-' && v.size() > 1 ? v[1] : v[0];
  return (first >= '0' && first <= '9') || v == "true" || v == "false";
}

void append_key(std::string& out, std::string_view key) {
  for (const char c : key) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == '-';
    out += fine ? c : '_';
  }
}

void append_pair(std::string& out, std::string_view key, std::string_view value) {
  append_key(out, key);
  out += '=';
  const std::string text = bounded(value);
  if (is_bare_logfmt(text)) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

}  // namespace

std::string format_logfmt(const LogEvent& event) {
  std::string out = fmt::format("ts={} level={} ", format_rfc3339(event.time), to_string(event.level));
  append_pair(out, "msg", event.message);
  for (const LogField& field : event.fields) {
    out += ' ';
    append_pair(out, field.key, field.value);
  }
  return out;
}

std::string format_json(const LogEvent& event) {
  std::string out =
      fmt::format(R"({{"ts":"{}","level":"{}","msg":)", format_rfc3339(event.time), to_string(event.level));
  append_quoted(out, bounded(event.message));
  for (const LogField& field : event.fields) {
    out += ',';
    append_quoted(out, bounded(field.key));
    out += ':';
    if (is_bare_json(field)) {
      out += field.value;
    } else {
      append_quoted(out, bounded(field.value));
    }
  }
  return out + "}";
}

}  // namespace picket
