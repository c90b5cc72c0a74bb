// What functions do with their arguments first: ask for the right kind. Errors read as Go's.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "alertd/templates/function_table.h"
#include "alertd/templates/value.h"

namespace picket::alertd {

using Arguments = std::span<const Value>;

/// "wrong type for value; expected string; got int"
Failure wrong_type(std::string_view expected, const Value& got);
Failure invalid_argument(std::string message);

/// Every argument is a string.
Result<void> want_strings(Arguments args);
Result<std::int64_t> want_int(const Value& value);

/// An error when a function would make more than 32 MiB out of so many pieces of that size.
Result<void> check_product(std::size_t pieces, std::size_t size);

/// Prometheus' convertToFloat: numbers, texts that are numbers, durations in seconds.
Result<double> to_float(const Value& value);

/// A function of strings that cannot fail.
using StringFunction = std::string (*)(std::string_view);
TemplateFunction string_function(StringFunction function);
/// A function of that many arguments.
TemplateFunction function_of(std::size_t min_args, std::size_t max_args, TemplateFunction::Call call);

}  // namespace picket::alertd
