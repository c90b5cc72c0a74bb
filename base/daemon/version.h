// What this build is.
#pragma once

#include <string_view>

namespace picket {

std::string_view version();   // "0.1.0"
std::string_view revision();  // short commit id, or "unknown"
std::string_view compiler();  // "g++ 12.2.0"

}  // namespace picket
