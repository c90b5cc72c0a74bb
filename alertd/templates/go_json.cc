#include "alertd/templates/go_json.h"

#include <fmt/format.h>

#include <cmath>

#include "alertd/templates/go_format.h"
#include "alertd/templates/go_time.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

std::string json_string(std::string_view text) {
  std::string quoted = json_quote(text);
  quoted = replace_all(quoted, "<", "\\u003c");
  quoted = replace_all(quoted, ">", "\\u003e");
  return replace_all(quoted, "&", "\\u0026");
}

std::string json_number(double number) {
  if (!std::isfinite(number)) return "null";
  const double size = std::fabs(number);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  std::string text = format_go_float(number, exponent ? 'e' : 'f', -1);
  // Go writes e-9, not e-09.
  if (const std::size_t zero = text.find("e-0"); zero != std::string::npos) text.erase(zero + 2, 1);
  return text;
}

std::string json_list(const Value& value) {
  std::string text = "[";
  for (const Value& item : value.items()) {
    if (text.size() > 1) text += ',';
    text += to_go_json(item);
  }
  return text + "]";
}

std::string json_object(const Value& value) {
  std::string text = "{";
  const ValueType* const type = value.type();
  for (const auto& [key, entry] : value.entries()) {
    if (text.size() > 1) text += ',';
    std::string_view name = key;
    if (type) {
      const auto renamed = type->json_names.find(key);
      if (renamed != type->json_names.end()) name = renamed->second;
    }
    text += json_string(name) + ":" + to_go_json(entry);
  }
  return text + "}";
}

}  // namespace

std::string to_go_json(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Nil:
      return "null";
    case Value::Kind::Bool:
    case Value::Kind::Int:
      return format_go_value(value);
    case Value::Kind::Float:
      return json_number(value.real());
    case Value::Kind::String:
      return json_string(value.text());
    case Value::Kind::List:
      return json_list(value);
    case Value::Kind::Map:
    case Value::Kind::Record:
      return json_object(value);
    case Value::Kind::Time:
      return json_string(format_go_time(value.time(), "2006-01-02T15:04:05.999999999Z07:00"));
    case Value::Kind::Duration:
      return fmt::format("{}", value.duration().count());
  }
  return "null";
}

}  // namespace picket::alertd
