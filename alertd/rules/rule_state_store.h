// Rule states in the database: what lets a restart keep pending timers and firing alerts. Functions take a
// Session, so that the caller can write them in the transaction that also writes the outbox.
#pragma once

#include <span>
#include <string>

#include "alertd/rules/stored_rule.h"
#include "base/sql/database.h"

namespace picket::alertd {

class RuleStateStore {
 public:
  /// Component "alertd_rules" of Database::migrate().
  static constexpr std::string_view kComponent = "alertd_rules";
  static std::span<const sql::Migration> migrations();

  /// Every rule that has alerts. Rows that cannot be read are Corrupt.
  static Result<StoredRules> load(sql::Session& session);
  /// Writes the dirty alerts of `state`, deletes the forgotten ones, and says when it was evaluated. Call
  /// mark_saved() after the commit.
  static Result<void> save(sql::Session& session, const StoredAs& as, const RuleState& state);
  /// Everything of a rule that is no more.
  static Result<void> remove(sql::Session& session, const std::string& rule_key);
};

/// The database has it all now.
void mark_saved(RuleState& state);

}  // namespace picket::alertd
