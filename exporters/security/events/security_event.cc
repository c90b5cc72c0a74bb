#include "exporters/security/events/security_event.h"

#include <array>

namespace picket::security {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return "info";
    case Severity::Low:
      return "low";
    case Severity::Medium:
      return "medium";
    case Severity::High:
      return "high";
    case Severity::Critical:
      return "critical";
  }
  return "info";
}

std::optional<Severity> parse_severity(std::string_view text) {
  constexpr std::array kAll = {Severity::Info, Severity::Low, Severity::Medium, Severity::High,
                               Severity::Critical};
  for (const Severity severity : kAll) {
    if (to_string(severity) == text) return severity;
  }
  return std::nullopt;
}

}  // namespace picket::security
