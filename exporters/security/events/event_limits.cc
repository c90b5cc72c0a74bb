#include "exporters/security/events/event_limits.h"

#include <fmt/format.h>

namespace picket::security {
namespace {

constexpr std::size_t kLeast = 100;
constexpr std::size_t kMost = 100'000'000;

}  // namespace

void read_yaml(MapReader& r, EventLimits& c) {
  if (r.read("max", c.max) && (c.max < kLeast || c.max > kMost))
    r.problem("max", fmt::format("must be between {} and {}", kLeast, kMost));
  if (r.read("retention", c.retention) &&
      (c.retention < std::chrono::hours(1) || c.retention > std::chrono::hours(24 * 3660)))
    r.problem("retention", "must be between 1h and 3660d");
}

}  // namespace picket::security
