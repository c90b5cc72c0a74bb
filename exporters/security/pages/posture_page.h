// The page /posture: a section for each scanned target, the worst first. Pure.
#pragma once

#include <span>

#include "base/web/layout.h"
#include "exporters/security/api/posture_view.h"

namespace picket::security {

web::Page posture_page(std::span<const PostureTarget> targets, WallTime now);

}  // namespace picket::security
