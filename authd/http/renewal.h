// A new session in place of one that ended because its person changed how he proves himself: every change of
// password or factors ends all his grants, this one too, and he need not log in again.
#pragma once

#include <string>
#include <vector>

#include "authd/http/visit.h"

namespace picket::authd {

/// What he has shown so far, and an authenticator app's code now.
std::vector<std::string> with_second_factor(std::vector<std::string> methods);
/// Of the visitor's account as it is now, under a new id.
Result<Grant> renew(const HttpParts& parts, const Visit& visit, std::vector<std::string> methods);

struct Renewal {
  std::vector<std::string> methods{};
  std::vector<std::string> backup_codes{};  ///< shown this once
};
/// The new tokens or cookies, as after a login.
Response answer_renewed(const HttpParts& parts, const Visit& visit, const Renewal& renewal);

}  // namespace picket::authd
