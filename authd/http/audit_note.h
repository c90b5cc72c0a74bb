// One line of the audit log for an action of the API, written once it is known how the action ended and
// before it is answered. What was done and cannot be written down is an error; it then stands in the daemon's
// log.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "authd/http/visit.h"

namespace picket::authd {

struct AuditNote {
  std::string_view action;
  std::string resource;
  std::string_view result = "success";
  std::initializer_list<std::pair<std::string_view, std::string_view>> details = {};
};

Result<void> audit(const HttpParts& parts, const Visit& visit, const AuditNote& note);

/// Writes down how an action ended, and passes that on: "success", or "failed" with an error. The note's
/// result is filled in.
template <class T>
Result<T> audited(const HttpParts& parts, const Visit& visit, AuditNote note, Result<T> outcome) {
  note.result = outcome ? "success" : "failed";
  const Result<void> noted = audit(parts, visit, note);
  if (outcome && !noted) return fail(noted);
  return outcome;
}

/// The same of an action on something that may not be there: false is "failed" too.
Result<bool> audited(const HttpParts& parts, const Visit& visit, AuditNote note, Result<bool> outcome);

}  // namespace picket::authd
