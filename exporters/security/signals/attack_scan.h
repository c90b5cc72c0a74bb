// The one place where the signals ask base/detect what a logged request holds.
#pragma once

#include <vector>

#include "base/detect/detector.h"
#include "exporters/security/records/log_record.h"

namespace picket::security {

/// The rules that match the target (path and each parameter), referer, user agent or a chosen field: each
/// once.
std::vector<AttackMatch> scan_request(const Detector& detector, const LogRecord& record);

}  // namespace picket::security
