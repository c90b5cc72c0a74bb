#include "alertd/templates/arguments.h"

#include <fmt/format.h>

#include "alertd/series/go_string.h"
#include "base/text/numbers.h"

namespace picket::alertd {

Failure wrong_type(std::string_view expected, const Value& got) {
  return fail(ErrorKind::InvalidInput,
              fmt::format("wrong type for value; expected {}; got {}", expected, got.type_name()));
}

Failure invalid_argument(std::string message) {
  return fail(ErrorKind::InvalidInput, std::move(message));
}

Result<void> want_strings(Arguments args) {
  for (const Value& arg : args) {
    if (arg.kind() != Value::Kind::String) return wrong_type("string", arg);
  }
  return {};
}

Result<std::int64_t> want_int(const Value& value) {
  if (value.kind() != Value::Kind::Int) return wrong_type("int", value);
  return value.integer();
}

Result<void> check_product(std::size_t pieces, std::size_t size) {
  constexpr std::size_t kMaxResult = 32U << 20U;
  if (size == 0 || pieces <= kMaxResult / size) return {};
  return invalid_argument("the result would be too large");
}

Result<double> to_float(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Int:
      return static_cast<double>(value.integer());
    case Value::Kind::Float:
      return value.real();
    case Value::Kind::Duration:
      return seconds(value.duration());
    case Value::Kind::String: {
      auto number = parse_double(value.text());
      if (!number) return invalid_argument(fmt::format("{} is not a number", quote_go(value.text())));
      return number;
    }
    default:
      return invalid_argument(fmt::format("can't convert {} to float", value.type_name()));
  }
}

TemplateFunction string_function(StringFunction function) {
  return function_of(1, 1, [function](const TemplateEnvironment&, Arguments args) -> Result<Value> {
    if (auto strings = want_strings(args); !strings) return fail(strings);
    return Value(function(args[0].text()));
  });
}

TemplateFunction function_of(std::size_t min_args, std::size_t max_args, TemplateFunction::Call call) {
  return {min_args, max_args, std::move(call)};
}

}  // namespace picket::alertd
