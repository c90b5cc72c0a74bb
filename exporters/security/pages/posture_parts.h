// What the scans found, as the API and the pages show it. Pure.
#pragma once

#include <vector>

#include "exporters/security/api/posture_view.h"
#include "exporters/security/posture/scanner.h"

namespace picket::security {

std::vector<PostureTarget> posture_targets(const PostureSnapshot& posture);

}  // namespace picket::security
