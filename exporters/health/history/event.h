// Something that happened to a check, as people want to read it later: a change of state, or a note that
// somebody posted (a deployment, an incident number).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time/clock.h"
#include "exporters/health/checks/state.h"

namespace picket::health {

struct Event {
  std::int64_t id = 0;  ///< grows with time; the paging cursor
  WallTime at;
  std::string check;          ///< "" for a note about everything
  std::optional<State> from;  ///< of a change of state; a note has neither
  std::optional<State> to;
  WallTime from_since;  ///< of a change: when it had come into `from`; not stored
  std::string
      reason;  ///< a failure reason ("timeout"), "recovered", "maintenance", ...; of a note: its source
  std::string message;
};

struct EventFilter {
  std::string check;        ///< "" any
  std::optional<State> to;  ///< any when empty
  std::optional<WallTime> since, until;
  std::optional<std::int64_t> before_id;  ///< cursor: only older ones
  std::size_t limit = 100;
  std::size_t offset = 0;
};

}  // namespace picket::health
