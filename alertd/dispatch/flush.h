// One flush of one group: from its alerts to the messages that go into the outbox. No database, no lock.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alertd/dispatch/decision.h"
#include "alertd/dispatch/dispatch_config.h"
#include "alertd/dispatch/dispatch_store.h"
#include "alertd/outbox/delivery.h"

namespace picket::alertd {

/// A group as it was when its timer went off.
struct FlushInput {
  std::string group_key;
  const Route* route = nullptr;
  Labels group_labels;
  std::vector<Alert> alerts;
  std::map<std::string, Told> told;
  std::vector<Alert> all_firing;  ///< of every group, for inhibition
  Timestamp now{};
};

struct FlushOutput {
  std::vector<NewDelivery> deliveries;
  std::map<std::string, Told> told;  ///< what changed
  std::vector<Alert> ended;          ///< resolved alerts that the group is done with
  std::vector<std::string> errors;   ///< texts that could not be rendered
  std::size_t muted = 0;
  std::string muted_by_time;  ///< why the whole group says nothing, or ""
};

FlushOutput flush(const DispatchConfig& config, const FlushInput& input);

}  // namespace picket::alertd
