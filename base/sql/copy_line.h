// A row as a line of PostgreSQL's COPY in text format. Source: the manual, COPY, "Text Format".
#pragma once

#include <string>

#include "base/sql/value.h"

namespace picket::sql {

/// Without the line's end. A text with a zero byte has none: such a row is refused before.
std::string copy_line(const Params& row);

bool has_zero_byte(const Params& row);

}  // namespace picket::sql
