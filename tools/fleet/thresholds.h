// The numbers of the shipped alert rules, by name: rules/thresholds.yml has them all, run/overrides.yml
// changes some, and rules/*.yml say ${name} where one stands. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/config/reader.h"
#include "base/text/duration.h"

namespace picket::fleet {

struct Threshold {
  std::variant<double, Duration> value{};
};

using Thresholds = std::map<std::string, Threshold>;

/// Of thresholds.yml: a number or a duration, as it is written.
bool read_value(const ValueReader& r, Threshold& out);

/// `overrides` is a map of names of `thresholds` to values of the same kind, which take the place of those.
/// An unknown name, another kind and a value out of bounds are problems.
void override_thresholds(const ValueReader& overrides, Thresholds& thresholds);

/// `rules` with each ${name} as "5m" or "0.2" and each ${name.seconds} as "300". InvalidInput with the line
/// for a name that is not there.
Result<std::string> fill_in(std::string_view rules, const Thresholds& thresholds);

}  // namespace picket::fleet
