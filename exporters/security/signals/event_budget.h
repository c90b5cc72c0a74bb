// How many events of a kind a minute may have, so that a flood does not drown the rest.
#pragma once

#include "exporters/security/signals/state_json.h"

namespace picket::security {

struct EventBudget {
  std::int64_t minute = 0;  ///< since 1970
  std::uint32_t used = 0;

  /// False when the minute has had `max`.
  bool take(Seconds now, std::uint32_t max) {
    if (now / 60 != minute) *this = {.minute = now / 60, .used = 0};
    if (used >= max) return false;
    ++used;
    return true;
  }
};

}  // namespace picket::security
