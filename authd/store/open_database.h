// Where authd keeps its tables: the one place that knows the file's name, for the daemon and for authctl.
#pragma once

#include <memory>
#include <string>

#include "base/files/files.h"
#include "base/sql/database.h"

namespace picket::authd {

/// As the flags --storage.path and --storage.dsn give it.
struct DatabasePlace {
  std::string storage_path;
  std::string dsn{};  ///< "": SQLite in storage_path/authd.db
};

/// Opens the database and brings its tables to the newest version; makes the folder (0700) for SQLite. A
/// second process may open it too.
Result<std::unique_ptr<sql::Database>> open_auth_database(const DatabasePlace& place, Files& files);
/// NotFound where that would make a file.
Result<void> check_auth_database_is_there(const DatabasePlace& place, const Files& files);

}  // namespace picket::authd
