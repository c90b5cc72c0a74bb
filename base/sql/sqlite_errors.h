// SQLite's result codes as the fleet's kinds of error.
#pragma once

#include "base/result/result.h"

namespace picket::sql {

/// `code` may be an extended result code.
ErrorKind sqlite_error_kind(int code);

}  // namespace picket::sql
