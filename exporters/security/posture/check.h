// The checks of a posture scan and their verdicts. The table is the one list of ids, severities and advice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exporters/security/events/security_event.h"

namespace picket::security {

enum class Outcome : std::uint8_t { Pass, Fail, NotKnown, NotApplicable };

struct Check {
  std::string_view id;     ///< "header-csp"
  std::string_view title;  ///< what passes: "Content-Security-Policy restricts scripts"
  Severity severity = Severity::Medium;
  std::string_view advice;  ///< what to do when it fails, with an nginx example where one helps
};
std::span<const Check> checks();
/// Null when there is none of that id.
const Check* find_check(std::string_view id);

struct CheckResult {
  const Check* check = nullptr;  ///< of checks(), never null
  Outcome outcome = Outcome::NotKnown;
  Severity severity = Severity::Medium;  ///< the check's, or milder or graver by what was seen
  std::string seen;          ///< for people: fit to be shown, no value of a cookie, at most 300 bytes
  bool is_expected = false;  ///< NotApplicable since the configuration says that it may fail
};
/// A finding's share of the score: 1 (low) to 10 (critical); 0 for info.
unsigned weight_of(Severity severity);

}  // namespace picket::security
