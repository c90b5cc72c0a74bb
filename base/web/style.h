// The one style sheet of the fleet. Light and dark by prefers-color-scheme, narrow screens, print.
#pragma once

#include <string_view>

namespace picket::web {

std::string_view style_sheet();

}  // namespace picket::web
