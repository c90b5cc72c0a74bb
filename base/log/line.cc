#include "base/log/line.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

std::string bounded(std::string_view value) {
  return truncate(repair_utf8(value.substr(0, kLogValueBytesMax * 2)), kLogValueBytesMax);
}

/// The same escapes in both formats: those of JSON.
std::string quoted(std::string_view value) {
  return escape_invisible(json_quote(value));
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
    out += quoted(text);
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
  out += quoted(bounded(event.message));
  for (const LogField& field : event.fields) {
    out += ',';
    out += quoted(bounded(field.key));
    out += ':';
    if (is_bare_json(field)) {
      out += field.value;
    } else {
      out += quoted(bounded(field.value));
    }
  }
  return out + "}";
}

}  // namespace picket
