#include "exporters/health/checks/state.h"

namespace picket::health {

std::optional<State> parse_state(std::string_view text) {
  for (std::size_t i = 0; i < kStateCount; ++i) {
    if (kStateNames[i] == text) return static_cast<State>(i);
  }
  return std::nullopt;
}

}  // namespace picket::health
