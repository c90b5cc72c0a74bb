// A damaged SQLite database is moved out of the way, never deleted.
#pragma once

#include <string>

#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket::sql {

/// Renames `path` (with its -wal and -shm) to `path`.corrupt-<unix seconds>; returns that name.
Result<std::string> set_aside(const std::string& path, WallTime now);

}  // namespace picket::sql
