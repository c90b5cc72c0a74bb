// Statements as they are sent.
#pragma once

#include <string>
#include <string_view>

#include "base/time/clock.h"

namespace picket::business {

/// With the time, in whole Unix seconds, for each {now}: the databases have no common way to tell it.
std::string at_time(std::string_view sql, WallTime now);

}  // namespace picket::business
