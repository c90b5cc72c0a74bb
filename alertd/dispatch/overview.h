// Who was told of what fires, and who was not and why: counted and sorted out of what the dispatcher holds in
// memory, for the page at /. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alertd/dispatch/dispatch_config.h"
#include "alertd/dispatch/open_alerts.h"
#include "alertd/routing/muter.h"

namespace picket::alertd {

/// What one target knows of an alert.
struct Telling {
  std::string receiver, integration, target;
  std::string waiting;  ///< id of the message on its way; "": the target was told
  Timestamp at{};       ///< when it accepted a message, or when the message was decided
};

/// By what a person on call has to do about it, most urgent first.
enum class Told {
  Nobody,   ///< and no message is on its way
  Waiting,  ///< nobody yet, a message is on its way
  Somebody,
  Muted,  ///< nobody, and that is what the configuration asks for
};

struct FiringAlert {
  Alert alert{};
  Told told = Told::Nobody;
  std::vector<Telling> tellings{};       ///< those that were told first
  std::vector<MuteReason> muted{};       ///< each once
  std::vector<std::string> receivers{};  ///< of its groups, each once
  std::vector<std::string> groups{};     ///< stored_group_key of each
  bool has_integration = false;          ///< of its receivers, one has an integration
  Timestamp next_flush{};                ///< the earliest of its groups
};

struct GroupSummary {
  std::string receiver;
  Labels labels;
  std::size_t firing = 0;
  Timestamp next_flush{};
  std::optional<MuteReason> muted{};  ///< why nothing is sent for the whole group now
};

struct AlertsOverview {
  std::size_t firing = 0, nobody = 0, waiting = 0, somebody = 0, muted = 0;
  std::vector<FiringAlert> alerts;  ///< by `told`, then the newest first; at most `most`
  std::size_t groups_total = 0;
  std::vector<GroupSummary> groups;  ///< the next message first; at most `most`
};

AlertsOverview overview_of(const OpenAlerts& open, const DispatchConfig& config, Timestamp now,
                           std::size_t most);

}  // namespace picket::alertd
