// What the last scan of a target found. Values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporters/security/events/security_event.h"

namespace picket::security {

struct PostureFinding {
  std::string check{};  ///< "tls_protocol", "header_csp", ...
  Severity severity = Severity::Medium;
  std::string summary{};     ///< what is wrong
  std::string what_to_do{};  ///< how to mend it
};

struct PostureTarget {
  std::string target{};               ///< as configured
  std::optional<double> score{};      ///< 0 to 1; nothing before the first scan
  std::optional<WallTime> scanned{};  ///< when the last finished scan ended
  std::string error{};                ///< why the last scan did not finish; "" when it did
  std::vector<PostureFinding> findings{};
  std::vector<std::string> passed{};  ///< the checks that are fine, in words
};

}  // namespace picket::security
