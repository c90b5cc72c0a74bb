#include "alertd/templates/humanize.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "alertd/templates/go_format.h"
#include "alertd/templates/go_time.h"

namespace picket::alertd {

namespace {

constexpr std::array<std::string_view, 8> kLarge = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::array<std::string_view, 8> kLarge1024 = {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
constexpr std::array<std::string_view, 8> kSmall = {"m", "u", "n", "p", "f", "a", "z", "y"};

/// %.4g
std::string four_digits(double value) {
  return format_go_float(value, 'g', 4);
}

std::string scale_down(double value, double base, const std::array<std::string_view, 8>& prefixes) {
  std::string_view prefix;
  for (const std::string_view next : prefixes) {
    if (std::fabs(value) < base) break;
    prefix = next;
    value /= base;
  }
  return four_digits(value).append(prefix);
}

std::string scale_up(double value) {
  std::string_view prefix;
  for (const std::string_view next : kSmall) {
    if (std::fabs(value) >= 1) break;
    prefix = next;
    value *= 1000;
  }
  return four_digits(value).append(prefix);
}

}  // namespace

std::string humanize(double value) {
  if (value == 0 || !std::isfinite(value)) return four_digits(value);
  return std::fabs(value) >= 1 ? scale_down(value, 1000, kLarge) : scale_up(value);
}

std::string humanize_1024(double value) {
  if (std::fabs(value) <= 1 || !std::isfinite(value)) return four_digits(value);
  return scale_down(value, 1024, kLarge1024);
}

std::string humanize_duration(double seconds) {
  if (!std::isfinite(seconds)) return four_digits(seconds);
  if (seconds == 0) return "0s";
  if (std::fabs(seconds) < 1) return scale_up(seconds) + "s";
  const std::string_view sign = seconds < 0 ? "-" : "";
  constexpr double kLimit = 9e18;
  const auto whole = static_cast<std::int64_t>(std::min(std::fabs(seconds), kLimit));
  const std::int64_t s = whole % 60;
  const std::int64_t m = whole / 60 % 60;
  const std::int64_t h = whole / 3600 % 24;
  const std::int64_t d = whole / 86400;
  if (d != 0) return fmt::format("{}{}d {}h {}m {}s", sign, d, h, m, s);
  if (h != 0) return fmt::format("{}{}h {}m {}s", sign, h, m, s);
  if (m != 0) return fmt::format("{}{}m {}s", sign, m, s);
  return four_digits(seconds) + "s";
}

std::string humanize_percentage(double ratio) {
  return four_digits(ratio * 100) + "%";
}

std::string humanize_timestamp(double unix_seconds) {
  constexpr double kMaxSeconds = 9.2e9;
  if (!std::isfinite(unix_seconds) || std::fabs(unix_seconds) > kMaxSeconds) return four_digits(unix_seconds);
  return format_go_time(ZonedTime{model_time(unix_seconds)});
}

}  // namespace picket::alertd
