#include "base/web/html.h"

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::web {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_unprintable(char c) {
  return is_control(c) && c != '\n' && c != '\t';
}

std::string safe_text(std::string_view text) {
  std::string out;
  for (const char c : escape_html(repair_utf8(text))) {
    if (is_unprintable(c)) {
      out += kReplacement;
    } else {
      out += c;
    }
  }
  return out;
}

std::string start_tag(std::string_view name, const Attributes& attributes) {
  std::string out = "<";
  out += name;
  for (const Attribute& attribute : attributes) {
    out += ' ';
    out += attribute.name;
    out += "=\"" + safe_text(attribute.value) + "\"";
  }
  return out + ">";
}

}  // namespace

Html::Html(std::string_view text) : html_(safe_text(text)) {}

Html Html::markup(std::string html) {
  Html out;
  out.html_ = std::move(html);
  return out;
}

Html operator+(Html left, const Html& right) {
  left += right;
  return left;
}

Html element(std::string_view name, const Attributes& attributes, const Html& content) {
  std::string out = start_tag(name, attributes) + content.str() + "</";
  out += name;
  return Html::markup(out + ">");
}

Html void_element(std::string_view name, const Attributes& attributes) {
  return Html::markup(start_tag(name, attributes));
}

}  // namespace picket::web
