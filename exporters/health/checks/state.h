// The states of a check, and how they rank.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace picket::health {

enum class State : std::uint8_t { Operational, Degraded, Down, Unknown, Maintenance };

inline constexpr std::size_t kStateCount = 5;
inline constexpr std::array<std::string_view, kStateCount> kStateNames = {"operational", "degraded", "down",
                                                                          "unknown", "maintenance"};

constexpr std::size_t index_of(State state) {
  return static_cast<std::size_t>(state);
}
constexpr std::string_view to_string(State state) {
  return kStateNames[index_of(state)];
}
std::optional<State> parse_state(std::string_view text);

/// How much a state asks for attention: down > unknown > degraded > maintenance > operational.
constexpr int severity(State state) {
  constexpr std::array<int, kStateCount> kSeverity = {0, 2, 4, 3, 1};
  return kSeverity[index_of(state)];
}
constexpr State worse(State a, State b) {
  return severity(a) >= severity(b) ? a : b;
}

}  // namespace picket::health
