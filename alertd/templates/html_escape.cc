#include "alertd/templates/html_escape.h"

#include <fmt/format.h>

#include "alertd/series/go_string.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

/// "" when the character stays.
std::string_view entity_of(char c) {
  switch (c) {
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\0':
      return "\xEF\xBF\xBD";
    default:
      return "";
  }
}

std::string escape_entities(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (const std::string_view entity = entity_of(c); !entity.empty()) {
      out += entity;
    } else if (plus && c == '+') {
      out += "&#43;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string escape_template_html(std::string_view text) {
  return escape_entities(text, true);
}

std::string escape_html_function(std::string_view text) {
  return escape_entities(text, false);
}

std::string escape_js_function(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const std::uint32_t code = next_code_point(text, at);
    constexpr std::string_view kBackslashed = "\\'\"";
    constexpr std::string_view kAsCode = "<>&=";
    const char c = text[start];
    if (kBackslashed.find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else if (code < 0x20 || kAsCode.find(c) != std::string_view::npos) {
      out += fmt::format("\\u{:04X}", code);
    } else {
      out += text.substr(start, at - start);
    }
  }
  return out;
}

std::string escape_url_query(std::string_view text) {
  return replace_all(percent_encode(text), "%20", "+");
}

}  // namespace picket::alertd
