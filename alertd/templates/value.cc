#include "alertd/templates/value.h"

#include <algorithm>

namespace picket::alertd {

Value Value::safe_html(std::string text) {
  Value value;
  value.value_ = Text{std::move(text), true};
  return value;
}

void Value::Size::add(const Value& child) {
  weight += child.weight() + 1;
  depth = std::max(depth, child.depth() + 1);
}

Value::Size Value::size_of(const ValueMap& entries) {
  Size size;
  for (const auto& [key, entry] : entries) {
    size.weight += key.size() + 1;
    size.add(entry);
  }
  return size;
}

std::size_t Value::weight() const {
  constexpr std::size_t kNumber = 8;
  if (const auto* text = std::get_if<Text>(&value_)) return text->text.size();
  if (const auto* items = std::get_if<Items>(&value_)) return items->size.weight;
  if (const auto* entries = std::get_if<Entries>(&value_)) return entries->size.weight;
  return kNumber;
}

int Value::depth() const {
  if (const auto* items = std::get_if<Items>(&value_)) return items->size.depth;
  if (const auto* entries = std::get_if<Entries>(&value_)) return entries->size.depth;
  return 0;
}

Value Value::list(ValueList items, const ValueType* type) {
  Size size;
  for (const Value& item : items) size.add(item);
  Value value;
  value.value_ = Items{std::make_shared<const ValueList>(std::move(items)), type, size};
  return value;
}

Value Value::map(ValueMap entries, bool of_strings, const ValueType* type) {
  const Size size = size_of(entries);
  Value value;
  value.value_ = Entries{std::make_shared<const ValueMap>(std::move(entries)), type, of_strings, false, size};
  return value;
}

Value Value::record(ValueMap fields, const ValueType& type) {
  const Size size = size_of(fields);
  Value value;
  value.value_ = Entries{std::make_shared<const ValueMap>(std::move(fields)), &type, false, true, size};
  return value;
}

Value Value::strings(const Labels& labels, const ValueType* type) {
  ValueMap entries;
  for (const Label& label : labels) entries.emplace_hint(entries.end(), label.name, Value(label.value));
  return map(std::move(entries), true, type);
}

Value::Kind Value::kind() const {
  constexpr Kind kKinds[] = {Kind::Nil,  Kind::Bool, Kind::Int,  Kind::Float,   Kind::String,
                             Kind::List, Kind::Map,  Kind::Time, Kind::Duration};
  if (const auto* entries = std::get_if<Entries>(&value_)) return entries->record ? Kind::Record : Kind::Map;
  return kKinds[value_.index()];
}

bool Value::is_safe_html() const {
  const auto* text = std::get_if<Text>(&value_);
  return text && text->safe;
}

bool Value::maps_strings() const {
  const auto* entries = std::get_if<Entries>(&value_);
  return entries && entries->of_strings;
}

const ValueType* Value::type() const {
  if (const auto* entries = std::get_if<Entries>(&value_)) return entries->type;
  if (const auto* items = std::get_if<Items>(&value_)) return items->type;
  return nullptr;
}

std::string Value::type_name() const {
  if (const ValueType* named = type()) return std::string(named->name);
  switch (kind()) {
    case Kind::Nil:
      return "nil";
    case Kind::Bool:
      return "bool";
    case Kind::Int:
      return "int";
    case Kind::Float:
      return "float64";
    case Kind::String:
      return "string";
    case Kind::List:
      return "[]interface {}";
    case Kind::Map:
    case Kind::Record:
      return maps_strings() ? "map[string]string" : "map[string]interface {}";
    case Kind::Time:
      return "time.Time";
    case Kind::Duration:
      return "time.Duration";
  }
  return "nil";
}

bool Value::truth() const {
  switch (kind()) {
    case Kind::Nil:
      return false;
    case Kind::Bool:
      return boolean();
    case Kind::Int:
      return integer() != 0;
    case Kind::Float:
      return real() != 0;
    case Kind::String:
      return !text().empty();
    case Kind::List:
      return !items().empty();
    case Kind::Map:
      return !entries().empty();
    case Kind::Duration:
      return duration() != Duration::zero();
    case Kind::Record:
    case Kind::Time:
      return true;
  }
  return false;
}

}  // namespace picket::alertd
