// Values of reports as people read them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace picket::business {

/// Digits behind the point of an amount in this currency (ISO 4217): 2 for what is not known.
int currency_digits(std::string_view currency);
/// "1,234.56" of 123456 minor units of EUR; "1,234" of a count, "12.3 %" of a ratio, "2.5 s" or "3 h 5 min"
/// of seconds, "4.25" of a score. Without "-0".
std::string value_words(double value, std::string_view unit, std::string_view currency);
/// How `now` differs from `before`: "+12.3 %"; of a ratio in points, "-1.5 points"; "" when that says
/// nothing.
std::string change_words(double now, double before, std::string_view unit);

}  // namespace picket::business
