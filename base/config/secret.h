// A value that must not be seen: prints as "***" wherever it is formatted. Read it with reveal() where it is
// used, never earlier.
#pragma once

#include <fmt/format.h>

#include <string>

namespace picket {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace picket

template <>
struct fmt::formatter<picket::Secret> : fmt::formatter<std::string_view> {
  auto format(const picket::Secret& secret, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(secret.empty() ? "" : "***", context);
  }
};
