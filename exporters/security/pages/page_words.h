// How things are said on every page of security_exporter. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/web/parts.h"
#include "exporters/security/api/posture_view.h"
#include "exporters/security/events/security_event.h"

namespace picket::security {

inline constexpr std::size_t kNameMax = 120;  ///< bytes of a name that is shown
/// What the configuration file has for a first scan.
inline constexpr std::string_view kFirstScan =
    "scans:\n"
    "- {target: \"https://www.example.org:443\", interval: 1h}\n";

web::Html severity_badge(Severity severity);
/// "SQL injection" for "sql_injection": a name of ours as words.
std::string words_of(std::string_view name);
/// "1 attack", "2,000 attacks".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
/// What a stranger wrote, as one short line.
web::Html text_of(std::string_view text, std::size_t max_bytes = 300);

/// An address as it is shown, and that it is the client's own word when it is. Masks nothing.
web::Html client_of(std::string_view client, bool is_claimed);
/// Newest first. Masks nothing: give it what may be seen.
web::Html event_table(const std::vector<SecurityEvent>& events, WallTime now);
/// "87 %", rounded down, with its tone; "not scanned yet", "scan failed".
web::Html score_badge(const PostureTarget& target);
/// That addresses are masked, and how one sees them.
web::Html masking_note();

}  // namespace picket::security
