#include "base/web/form.h"

namespace picket::web {
namespace {

Html label_of(std::string_view name, std::string_view label) {
  return element("label", {{"for", std::string(name)}}, label) + "\n";
}

Html hint_of(const Field& field) {
  if (field.hint.empty()) return {};
  return element("p", {{"class", "hint"}, {"id", std::string(field.name) + "-hint"}}, field.hint) + "\n";
}

}  // namespace

Html input(const Field& field) {
  const std::string name(field.name);
  Attributes attributes{{"id", name},
                        {"name", name},
                        {"type", std::string(field.type)},
                        {"autocomplete", std::string(field.autocomplete)},
                        {"value", std::string(field.value)}};
  if (!field.optional) attributes.push_back({"required", ""});
  if (field.focus) attributes.push_back({"autofocus", ""});
  if (field.numeric) attributes.push_back({"inputmode", "numeric"});
  if (!field.hint.empty()) attributes.push_back({"aria-describedby", name + "-hint"});
  return element("div", {{"class", "field"}},
                 label_of(name, field.label) + void_element("input", attributes) + "\n" + hint_of(field)) +
         "\n";
}

Html hidden(std::string_view name, std::string_view value) {
  return void_element("input",
                      {{"type", "hidden"}, {"name", std::string(name)}, {"value", std::string(value)}}) +
         "\n";
}

Html csrf_field(std::string_view token) {
  return hidden("csrf", token);
}

Html checkbox(std::string_view name, std::string_view label) {
  const Html box =
      void_element("input", {{"type", "checkbox"}, {"name", std::string(name)}, {"value", "yes"}});
  return element("label", {{"class", "check"}}, box + label) + "\n";
}

Html select(const Select& select) {
  const std::string name(select.name);
  Html options;
  for (const Option& option : select.options) {
    Attributes attributes{{"value", option.value}};
    if (option.value == select.value) attributes.push_back({"selected", ""});
    options += element("option", attributes, option.label);
  }
  return element("div", {{"class", "field"}},
                 label_of(name, select.label) + element("select", {{"id", name}, {"name", name}}, options)) +
         "\n";
}

Html button(std::string_view label) {
  return element("button", {}, label) + "\n";
}

Html quiet_button(std::string_view label) {
  return element("button", {{"class", "quiet"}}, label) + "\n";
}

Html form(std::string_view action, const Html& content) {
  return element("form", {{"method", "post"}, {"action", std::string(action)}}, content) + "\n";
}

Html filter_form(std::string_view action, const Html& content) {
  return element("form", {{"class", "filter"}, {"method", "get"}, {"action", std::string(action)}}, content) +
         "\n";
}

}  // namespace picket::web
