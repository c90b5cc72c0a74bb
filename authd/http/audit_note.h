// One line of the audit log for an action of the API. What cannot be audited must not happen: callers write
// it before they answer, and fail when it does not go in.
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

}  // namespace picket::authd
