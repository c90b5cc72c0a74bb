// One entry of `databases:`: whose data is read, and how much of the server it may take.
#pragma once

#include "base/config/reader.h"
#include "base/sql/database.h"

namespace picket::business {

struct DatabaseConfig {
  std::string name;
  Secret dsn;                                              ///< postgresql://..., sqlite:PATH (absolute)
  std::size_t max_sessions = 3;                            ///< connections at once
  Duration connect_timeout = std::chrono::seconds(5);      ///< PostgreSQL
  Duration lock_timeout = std::chrono::milliseconds(250);  ///< for a table that is locked
  bool operator==(const DatabaseConfig&) const = default;

  /// The DSN as base/sql takes it. Valid once the configuration was read.
  sql::Dsn source() const;
};

/// Names of databases and queries are label values and parts of addresses: letters, digits, '_', '-', '.'.
/// Reports a wrong one.
void check_name(const ValueReader& value, std::string_view name);
void read_yaml(MapReader& r, DatabaseConfig& database);

}  // namespace picket::business
