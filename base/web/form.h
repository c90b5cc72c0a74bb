// Forms: their pieces escape what they are given. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/web/html.h"

namespace picket::web {

struct Field {
  std::string_view label;
  std::string_view name;
  std::string_view type = "text";
  std::string_view autocomplete = "off";
  std::string_view hint = {};
  std::string_view value = {};
  bool focus = false;
  bool numeric = false;  ///< a phone shows digits
  bool optional = false;
};
Html input(const Field& field);
Html hidden(std::string_view name, std::string_view value);
/// The token that a form must carry to be believed: field "csrf".
Html csrf_field(std::string_view token);
Html checkbox(std::string_view name, std::string_view label);

struct Option {
  std::string value, label;
};
struct Select {
  std::string_view label;
  std::string_view name;
  std::string_view value = {};  ///< of the option that is chosen
  std::vector<Option> options{};
};
Html select(const Select& select);

Html button(std::string_view label);
Html quiet_button(std::string_view label);
/// A form that posts to `action`.
Html form(std::string_view action, const Html& content);
/// A form that asks for `action` with its fields as the query, on one line where there is room.
Html filter_form(std::string_view action, const Html& content);

}  // namespace picket::web
