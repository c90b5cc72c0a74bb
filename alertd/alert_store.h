// alertd's database: opened, locked against a second daemon on the same folder, and migrated.
#pragma once

#include <memory>
#include <optional>

#include "base/daemon/folder_lock.h"
#include "base/daemon/service.h"
#include "base/sql/database.h"

namespace picket::alertd {

struct AlertStore {
  std::optional<FolderLock> lock;  ///< of an embedded database
  std::unique_ptr<sql::Database> database;
};

/// Unavailable when the folder cannot be written or the server does not answer; Conflict when another alertd
/// uses the folder.
Result<AlertStore> open_alert_store(const DaemonFlags& flags, Files& files);

}  // namespace picket::alertd
