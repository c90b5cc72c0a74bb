// The functions of Go's text/template. Comparison is kinder than Go's in one point: integers and floats
// compare by value (`gt $value 100`), where Go answers "incompatible types".
#include <fmt/format.h>

#include <compare>
#include <optional>

#include "alertd/templates/arguments.h"
#include "alertd/templates/go_format.h"
#include "alertd/templates/html_escape.h"

namespace picket::alertd {

namespace {

using Kind = Value::Kind;
using Environment = TemplateEnvironment;

double as_double(const Value& value) {
  return value.kind() == Kind::Int ? static_cast<double>(value.integer()) : value.real();
}

/// Less, equal, greater, or unordered (NaN); an error for kinds that do not compare.
Result<std::partial_ordering> order(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    if (a.kind() == Kind::Int && b.kind() == Kind::Int) {
      return std::partial_ordering(a.integer() <=> b.integer());
    }
    return as_double(a) <=> as_double(b);
  }
  if (a.kind() != b.kind()) return invalid_argument("incompatible types for comparison");
  if (a.kind() == Kind::String) return std::partial_ordering(a.text() <=> b.text());
  if (a.kind() == Kind::Duration) return std::partial_ordering(a.duration() <=> b.duration());
  return invalid_argument("invalid type for comparison");
}

Result<bool> equal(const Value& a, const Value& b) {
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  if (a.kind() == Kind::Bool && b.kind() == Kind::Bool) return a.boolean() == b.boolean();
  if (a.kind() == Kind::Time && b.kind() == Kind::Time) return a.time().time == b.time().time;
  auto ordering = order(a, b);
  if (!ordering) return fail(ordering);
  return *ordering == std::partial_ordering::equivalent;
}

Result<Value> eq(const Environment&, Arguments args) {
  for (const Value& other : args.subspan(1)) {
    auto same = equal(args[0], other);
    if (!same) return fail(same);
    if (*same) return Value(true);
  }
  return Value(false);
}

Result<Value> ne(const Environment&, Arguments args) {
  auto same = equal(args[0], args[1]);
  if (!same) return fail(same);
  return Value(!*same);
}

TemplateFunction comparison(bool (*holds)(std::partial_ordering)) {
  return function_of(2, 2, [holds](const Environment&, Arguments args) -> Result<Value> {
    auto ordering = order(args[0], args[1]);
    if (!ordering) return fail(ordering);
    return Value(holds(*ordering));
  });
}

Result<Value> len(const Environment&, Arguments args) {
  switch (args[0].kind()) {
    case Kind::String:
      return Value(static_cast<std::int64_t>(args[0].text().size()));
    case Kind::List:
      return Value(static_cast<std::int64_t>(args[0].items().size()));
    case Kind::Map:
      return Value(static_cast<std::int64_t>(args[0].entries().size()));
    default:
      return invalid_argument(fmt::format("len of type {}", args[0].type_name()));
  }
}

Result<Value> index_list(const Value& list, const Value& index) {
  auto at = want_int(index);
  if (!at) return invalid_argument(fmt::format("cannot index slice/array with type {}", index.type_name()));
  const auto size = static_cast<std::int64_t>(list.items().size());
  if (*at < 0 || *at >= size) return invalid_argument(fmt::format("index out of range: {}", *at));
  return list.items()[static_cast<std::size_t>(*at)];
}

Result<Value> index_map(const Value& map, const Value& key) {
  if (key.kind() != Kind::String) return wrong_type("string", key);
  const auto found = map.entries().find(key.text());
  if (found != map.entries().end()) return found->second;
  return map.maps_strings() ? Value("") : Value();
}

Result<Value> index_string(const Value& text, const Value& index) {
  auto at = want_int(index);
  if (!at) return fail(at);
  if (*at < 0 || *at >= static_cast<std::int64_t>(text.text().size())) {
    return invalid_argument(fmt::format("index out of range: {}", *at));
  }
  return Value(std::int64_t{static_cast<unsigned char>(text.text()[static_cast<std::size_t>(*at)])});
}

Result<Value> index(const Environment&, Arguments args) {
  Value value = args[0];
  if (value.is_nil()) return invalid_argument("index of untyped nil");
  for (const Value& at : args.subspan(1)) {
    Result<Value> next = invalid_argument(fmt::format("can't index item of type {}", value.type_name()));
    if (value.kind() == Kind::List) next = index_list(value, at);
    if (value.kind() == Kind::Map) next = index_map(value, at);
    if (value.kind() == Kind::String) next = index_string(value, at);
    if (!next) return next;
    value = std::move(*next);
  }
  return value;
}

Result<Value> slice(const Environment&, Arguments args) {
  const Value& value = args[0];
  const bool is_text = value.kind() == Kind::String;
  if (!is_text && value.kind() != Kind::List) {
    return invalid_argument(fmt::format("can't slice item of type {}", value.type_name()));
  }
  const std::size_t size = is_text ? value.text().size() : value.items().size();
  std::size_t bounds[3] = {0, size, size};
  for (std::size_t i = 1; i < args.size(); ++i) {
    auto bound = want_int(args[i]);
    if (!bound) return fail(bound);
    if (*bound < 0 || static_cast<std::size_t>(*bound) > size) {
      return invalid_argument(fmt::format("index out of range: {}", *bound));
    }
    bounds[i - 1] = static_cast<std::size_t>(*bound);
  }
  if (bounds[0] > bounds[1])
    return invalid_argument(fmt::format("invalid slice index: {} > {}", bounds[0], bounds[1]));
  if (is_text) return Value(value.text().substr(bounds[0], bounds[1] - bounds[0]));
  const auto begin = value.items().begin();
  return Value::list(ValueList(begin + static_cast<std::ptrdiff_t>(bounds[0]),
                               begin + static_cast<std::ptrdiff_t>(bounds[1])),
                     value.type());
}

Result<Value> printf_function(const Environment&, Arguments args) {
  if (args[0].kind() != Kind::String) return wrong_type("string", args[0]);
  return Value(sprintf_go(args[0].text(), args.subspan(1)));
}

/// html, js and urlquery take any values, printed as by `print`.
std::string text_of(Arguments args) {
  if (args.size() == 1 && args[0].is_nil()) return "<no value>";
  return sprint_go(args);
}

Result<Value> html(const Environment&, Arguments args) {
  return Value::safe_html(escape_html_function(text_of(args)));
}

Result<Value> call(const Environment&, Arguments args) {
  if (args[0].is_nil()) return invalid_argument("call of nil");
  return invalid_argument(fmt::format("non-function of type {}", args[0].type_name()));
}

FunctionTable make_builtins() {
  FunctionTable table;
  table.add("eq", function_of(2, kAnyNumber, eq));
  table.add("ne", function_of(2, 2, ne));
  table.add("lt", comparison([](std::partial_ordering o) { return std::is_lt(o); }));
  table.add("le", comparison([](std::partial_ordering o) { return std::is_lteq(o); }));
  table.add("gt", comparison([](std::partial_ordering o) { return std::is_gt(o); }));
  table.add("ge", comparison([](std::partial_ordering o) { return std::is_gteq(o); }));
  table.add("not", function_of(1, 1, [](const Environment&, Arguments args) -> Result<Value> {
              return Value(!args[0].truth());
            }));
  table.add("len", function_of(1, 1, len));
  table.add("index", function_of(1, kAnyNumber, index));
  table.add("slice", function_of(1, 4, slice));
  table.add("call", function_of(1, kAnyNumber, call));
  table.add("print", function_of(0, kAnyNumber, [](const Environment&, Arguments args) -> Result<Value> {
              return Value(sprint_go(args));
            }));
  table.add("println", function_of(0, kAnyNumber, [](const Environment&, Arguments args) -> Result<Value> {
              return Value(sprintln_go(args));
            }));
  table.add("printf", function_of(1, kAnyNumber, printf_function));
  table.add("html", function_of(0, kAnyNumber, html));
  table.add("js", function_of(0, kAnyNumber, [](const Environment&, Arguments args) -> Result<Value> {
              return Value(escape_js_function(text_of(args)));
            }));
  table.add("urlquery", function_of(0, kAnyNumber, [](const Environment&, Arguments args) -> Result<Value> {
              return Value(escape_url_query(text_of(args)));
            }));
  return table;
}

}  // namespace

const FunctionTable& builtin_functions() {
  static const FunctionTable table = make_builtins();
  return table;
}

}  // namespace picket::alertd
