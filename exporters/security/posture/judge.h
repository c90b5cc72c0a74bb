// From what a scan saw to what it says. Pure: the same observation and configuration give the same result.
#pragma once

#include "exporters/security/posture/observation.h"
#include "exporters/security/posture/scan_config.h"
#include "exporters/security/posture/scan_result.h"

namespace picket::security {

ScanResult judge(const Observation& seen, const ScanConfig& config);

/// The weight of what passed over that of what passed or failed; nothing when neither did.
std::optional<double> posture_score(const std::vector<CheckResult>& checks);

}  // namespace picket::security
