// What changed between two scans of a target, as events. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/security/events/security_event.h"
#include "exporters/security/posture/scan_result.h"

namespace picket::security {

/// The findings of a target that are open, by the id of their check, with the moment they were found.
using OpenFindings = std::map<std::string_view, WallTime, std::less<>>;

/// Brings `open` up to `result` and says what came and what went. A check that is not known leaves its finding
/// open. With a target's `first` result since the start, findings that were open before are told again, with
/// the id that they had: their events may not have been stored.
std::vector<SecurityEvent> finding_events(std::string_view target, const ScanResult& result, bool first,
                                          OpenFindings& open);

}  // namespace picket::security
