// One flush of one group: from its alerts to the messages that go into the outbox. No database, no lock.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "alertd/dispatch/decision.h"
#include "alertd/dispatch/dispatch_config.h"
#include "alertd/outbox/delivery.h"
#include "alertd/routing/muter.h"

namespace picket::alertd {

/// A group as it was when its timer went off.
struct FlushInput {
  std::string group_key;  ///< what it is stored under
  const Route* route = nullptr;
  Labels group_labels;
  std::vector<Alert> alerts;
  std::map<std::string, TargetStates> targets;  ///< by Integration::id
  Timestamp now{};
};

/// What becomes of a target: a message for it, or a state alone.
struct TargetChange {
  std::string integration, target;
  /// What waits for it now, superseded when there is a message; "" when nothing does.
  std::string waiting;
  TargetState decided;
  /// `decided` as it was stored: with the id that the outbox gave to `message`.
  TargetState after;
  std::optional<NewDelivery> message;
};

struct FlushOutput {
  std::vector<TargetChange> changes;
  std::vector<std::pair<std::string, std::string>> gone;  ///< integration and target that are no more
  std::vector<Alert> ended;                  ///< resolved alerts that nobody has to be told of any more
  std::vector<std::string> errors;           ///< texts that could not be expanded
  std::map<std::string, std::size_t> muted;  ///< firing alerts left out, by MuteReason::kind
  std::optional<MuteReason> muted_route;     ///< why the whole group says nothing
};

using Muters = std::span<const Muter* const>;

FlushOutput flush(const DispatchConfig& config, const FlushInput& input, Muters muters);

}  // namespace picket::alertd
