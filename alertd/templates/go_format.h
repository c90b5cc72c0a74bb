// Values as Go's package fmt prints them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "alertd/templates/value.h"

namespace picket::alertd {

/// strconv.FormatFloat(value, 'g', -1): the shortest digits; an exponent below 1e-4 and from 1e+06 on.
std::string format_go_float(double value);
/// One of e E f F g G with a precision (-1: shortest); "NaN", "+Inf", "-Inf".
std::string format_go_float(double value, char verb, int precision);
/// time.Duration's String(): "1h0m0s", "1.5s", "0s".
std::string format_go_duration(Duration duration);

/// %v inside of other values: nil is "<nil>".
std::string format_go_value(const Value& value);
/// fmt.Sprintf.
std::string sprintf_go(std::string_view format, std::span<const Value> args);
/// fmt.Sprint: a space between operands when neither is a string.
std::string sprint_go(std::span<const Value> args);
/// fmt.Sprintln.
std::string sprintln_go(std::span<const Value> args);

}  // namespace picket::alertd
