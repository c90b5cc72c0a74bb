// Brings a component's tables to the newest version. The engine gives the lock and the open transaction.
#pragma once

#include <functional>

#include "base/sql/database.h"

namespace picket::sql {

struct MigrationTarget {
  Session& session;  ///< in a transaction that nobody else migrates beside
  std::function<Result<void>(const std::string& sql)> run_script;
  std::string_view serial_key;  ///< what @serial_key@ stands for
};

/// Runs what is missing and records it. Corrupt when the database knows more, or other, migrations than we
/// do.
Result<void> run_migrations(const MigrationTarget& target, std::string_view component,
                            std::span<const Migration> migrations);

}  // namespace picket::sql
