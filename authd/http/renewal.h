// A new session in place of one that ended because its person changed how they prove themselves, or proved
// themselves again: every change of password or factors ends all their grants, this one too, and they need
// not log in again.
#pragma once

#include <cstdint>
#include <optional>
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
  std::optional<std::int64_t> api_keys{};   ///< that go on after a change of the password
};
/// The new tokens or cookies, as after a login.
Response answer_renewed(const HttpParts& parts, const Visit& visit, const Renewal& renewal);
Response answer_grant(const HttpParts& parts, const Visit& visit, const Grant& grant,
                      const Renewal& renewal = {});

/// What a person shows to prove themselves again: one of the two.
struct Reproof {
  std::string password{};
  std::string code{};  ///< of the authenticator app
};
/// A session under a new id, with a fresh proof, in place of the visitor's. Denied when it is wrong.
Result<Grant> reauthenticate(const HttpParts& parts, const Visit& visit, const Reproof& reproof);

}  // namespace picket::authd
