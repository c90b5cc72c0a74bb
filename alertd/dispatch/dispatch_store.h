// Alerts, group timers and what was told, in the database: what lets a restart neither forget nor repeat.
// Functions take a Session, so that they share a transaction with the rule states or the outbox. Times are
// kept in milliseconds.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "alertd/dispatch/decision.h"
#include "base/sql/database.h"

namespace picket::alertd {

struct StoredGroup {
  Timestamp next_flush{};
  std::map<std::string, Told> told;  ///< by integration: "receiver/email[0]"
};

struct DispatchState {
  std::vector<Alert> alerts;
  std::map<std::string, StoredGroup> groups;  ///< by group key
};

class DispatchStore {
 public:
  static std::span<const sql::Migration> migrations();  ///< component "dispatch"

  static Result<DispatchState> load(sql::Session& session);
  static Result<void> put_alert(sql::Session& session, const Alert& alert);
  /// Only while it is still the ended alert that `alert` is: it may have begun to fire again.
  static Result<void> remove_ended(sql::Session& session, const Alert& alert);
  static Result<void> put_group(sql::Session& session, const std::string& key, Timestamp next_flush);
  /// The group's timer and all that was told of it.
  static Result<void> remove_group(sql::Session& session, const std::string& key);
  static Result<void> put_told(sql::Session& session, const std::string& key, const std::string& integration,
                               const Told& told);
};

}  // namespace picket::alertd
