// HTML by type: text becomes Html by being escaped; markup() is the only other way. Pure, safe from any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket::web {

/// HTML that is whole and escaped. A parameter of this type takes text as well: it is escaped then.
class Html {
 public:
  Html() = default;
  /// Text. Bytes that are not UTF-8, and controls, become U+FFFD.
  Html(std::string_view text);
  Html(const std::string& text) : Html(std::string_view(text)) {}
  Html(const char* text) : Html(std::string_view(text)) {}
  /// HTML as it stands. Whatever a stranger may have written must be escaped in it.
  static Html markup(std::string html);

  const std::string& str() const { return html_; }
  bool empty() const { return html_.empty(); }
  Html& operator+=(const Html& more) {
    html_ += more.html_;
    return *this;
  }

 private:
  std::string html_;
};
Html operator+(Html left, const Html& right);

/// The name is ours, the value is anybody's.
struct Attribute {
  std::string_view name;
  std::string value;
};
using Attributes = std::vector<Attribute>;

/// <name attributes>content</name>
Html element(std::string_view name, const Attributes& attributes, const Html& content);
/// One without content and end tag: <input ...>
Html void_element(std::string_view name, const Attributes& attributes);

}  // namespace picket::web
