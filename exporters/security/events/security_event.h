// Something that a security engineer wants to read about: an attack, a burst of failed logins, a finding of a
// scan, a block. Values only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time/clock.h"

namespace picket::security {

enum class Severity : std::uint8_t { Info, Low, Medium, High, Critical };
std::string_view to_string(Severity severity);  ///< "info", "low", ...
std::optional<Severity> parse_severity(std::string_view text);

/// Of an account that is kept; what was tried may be longer.
inline constexpr std::size_t kAccountMax = 128;  // bytes

struct SecurityEvent {
  /// The same for the same thing: from the line's place, or the target and finding. It names neither an
  /// address nor an account: everybody sees it.
  std::string id{};
  WallTime time{};         ///< when it happened, as the log says
  std::string source{};    ///< a source's name, or a scan's target
  std::string kind{};      ///< "attack", "brute_force", "spraying", "posture", ...
  std::string category{};  ///< "sql_injection"; "" when the kind says all
  Severity severity = Severity::Medium;
  std::string client{};   ///< an address in text; "" for none
  std::string account{};  ///< as tried, at most kAccountMax
  std::string summary{};  ///< one line for people; names the client and the account as above, or not at all
  std::string details = "{}";  ///< a JSON object: rule, target, status, counts, ...
};

}  // namespace picket::security
