// PostgreSQL's SQLSTATE codes (appendix A of its manual) as the fleet's kinds of error.
#pragma once

#include <string_view>

#include "base/result/result.h"

namespace picket::sql {

ErrorKind postgres_error_kind(std::string_view sqlstate);

}  // namespace picket::sql
