// How things are said on every page of security_exporter. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
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
/// Names of ours that are not written as their words are, and how they are.
inline constexpr std::pair<std::string_view, std::string_view> kProperNames[] = {
    {"sql_injection", "SQL injection"},
    {"nosql_injection", "NoSQL injection"},
    {"xss", "Cross-site scripting"},
    {"server_side_request", "Server-side request forgery"},
    {"server_side_include", "Server-side includes"},
    {"ldap_injection", "LDAP injection"},
    {"xml_entity", "XML entities"},
    {"php_code", "PHP code"},
    {"java_code", "Java code"}};
/// "SQL injection" for "sql_injection", "Web shell" for "web_shell".
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
