// Alerts, group timers and what targets know, in the database: what lets a restart neither forget nor repeat.
// Functions take a Session, so that they share a transaction with the rule states or the outbox. Times are
// kept in milliseconds.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "alertd/dispatch/integration_ids.h"
#include "alertd/dispatch/last_notification.h"
#include "base/sql/database.h"

namespace picket::alertd {

struct StoredGroup {
  Timestamp next_flush{};
  std::map<std::string, TargetStates> targets;  ///< by Integration::id
};

struct DispatchState {
  std::vector<Alert> alerts;
  std::map<std::string, StoredGroup> groups;  ///< by group key
};

class DispatchStore {
 public:
  static std::span<const sql::Migration> migrations();  ///< component "dispatch"

  static Result<DispatchState> load(sql::Session& session);
  /// Empty when it is not stored.
  static Result<StoredGroup> load_group(sql::Session& session, const std::string& key);
  static Result<void> put_alert(sql::Session& session, const Alert& alert);
  /// Only while it is still the ended alert that `alert` is: it may have begun to fire again.
  static Result<void> remove_ended(sql::Session& session, const Alert& alert);
  static Result<void> put_group(sql::Session& session, const std::string& key, Timestamp next_flush);
  /// The group's timer and all that its targets know of it.
  static Result<void> remove_group(sql::Session& session, const std::string& key);

  struct TargetKey {
    std::string group_key, integration, target;
  };
  /// Conflict when what waits is not `waiting` (an id, or "") any more: its delivery has ended meanwhile.
  static Result<void> put_target(sql::Session& session, const TargetKey& key, const TargetState& state,
                                 const std::string& waiting);
  static Result<void> remove_target(sql::Session& session, const TargetKey& key);
  /// What waited as `delivery` waits no more; when it is `told`, that is what its target knows now.
  static Result<void> end_waiting(sql::Session& session, const std::string& delivery, bool told);

  static Result<std::vector<KnownIntegration>> integrations(sql::Session& session);
  static Result<void> put_integrations(sql::Session& session, const std::vector<KnownIntegration>& known);
  /// The wall clock was stepped by `difference`.
  static Result<void> shift(sql::Session& session, Duration difference);
};

}  // namespace picket::alertd
