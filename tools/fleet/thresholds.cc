#include "tools/fleet/thresholds.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text/numbers.h"
#include "base/text/suggest.h"

namespace picket::fleet {
namespace {

constexpr std::string_view kSeconds = ".seconds";

/// What the end of the name promises; "" when the value keeps it.
std::string_view fault_of(std::string_view name, const Threshold& threshold) {
  if (const auto* number = std::get_if<double>(&threshold.value)) {
    const bool is_ratio = name.ends_with("_ratio");
    if (is_ratio && (*number < 0 || *number > 1)) return "must be from 0 to 1";
    return *number < 0 ? "must not be negative" : "";
  }
  const bool may_be_zero = name.ends_with("_for");
  const Duration duration = std::get<Duration>(threshold.value);
  return duration == Duration{} && !may_be_zero ? "must be more than 0s" : "";
}

void override_one(const std::string& name, const ValueReader& value, Threshold& threshold) {
  Threshold changed = threshold;
  if (!std::visit([&](auto& out) { return value.decode(out); }, changed.value)) return;
  const std::string_view fault = fault_of(name, changed);
  if (!fault.empty()) return value.problem(fault);
  threshold = changed;
}

std::string text_of(const Threshold& threshold) {
  if (const auto* number = std::get_if<double>(&threshold.value)) return format_double(*number);
  return format_duration(std::get<Duration>(threshold.value));
}

/// `place` is what stands between the braces.
std::optional<std::string> value_at(std::string_view place, const Thresholds& thresholds) {
  const bool in_seconds = place.ends_with(kSeconds);
  if (in_seconds) place.remove_suffix(kSeconds.size());
  const auto found = thresholds.find(std::string(place));
  if (found == thresholds.end()) return std::nullopt;
  if (!in_seconds) return text_of(found->second);
  const auto* duration = std::get_if<Duration>(&found->second.value);
  if (duration == nullptr) return std::nullopt;
  return format_double(seconds(*duration));
}

Failure unknown(std::string_view place, std::string_view before, const Thresholds& thresholds) {
  std::vector<std::string> names;
  for (const auto& [name, threshold] : thresholds) names.push_back(name);
  const auto line = std::ranges::count(before, '\n') + 1;
  return fail(ErrorKind::InvalidInput,
              fmt::format("line {}: no threshold \"{}\"{}", line, place, did_you_mean(place, names)));
}

}  // namespace

bool read_value(const ValueReader& r, Threshold& out) {
  const Result<double> number = parse_double(r.node().scalar);
  if (number) return r.decode(out.value.emplace<double>());
  return r.decode(out.value.emplace<Duration>());
}

void override_thresholds(const ValueReader& overrides, Thresholds& thresholds) {
  if (!overrides.is_map()) return;
  MapReader r(overrides);
  for (auto& [name, threshold] : thresholds) {
    const std::optional<ValueReader> value = r.at(name);
    if (value) override_one(name, *value, threshold);
  }
  r.finish();
}

Result<std::string> fill_in(std::string_view rules, const Thresholds& thresholds) {
  std::string filled;
  std::size_t at = 0;
  for (std::size_t open = rules.find("${"); open != std::string_view::npos; open = rules.find("${", at)) {
    const std::size_t close = std::min(rules.find('}', open), rules.size());
    const std::string_view place = rules.substr(open + 2, close - open - 2);
    const std::optional<std::string> value = value_at(place, thresholds);
    if (!value) return unknown(place, rules.substr(0, open), thresholds);
    filled.append(rules.substr(at, open - at)).append(*value);
    at = close + 1;
  }
  return filled.append(rules.substr(at));
}

}  // namespace picket::fleet
