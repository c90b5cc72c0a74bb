#include "authd/http/renewal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/http/auth_json.h"
#include "authd/http/cookies.h"
#include "authd/http/problems.h"

namespace picket::authd {

std::vector<std::string> with_second_factor(std::vector<std::string> methods) {
  if (std::ranges::find(methods, "otp") == methods.end()) methods.emplace_back("otp");
  return methods;
}

Result<Grant> renew(const HttpParts& parts, const Visit& visit, std::vector<std::string> methods) {
  const Result<std::optional<User>> user = parts.accounts.find(visit.who().user_id);
  if (!user) return fail(user);
  if (!*user) return fail(ErrorKind::Denied, "the account is gone");
  parts.ended.note_epoch((*user)->id, (*user)->epoch);
  const SessionMode mode = visit.who().via == Via::Cookie ? SessionMode::Cookie : SessionMode::Token;
  return parts.sessions.open(
      {.user = **user, .methods = std::move(methods), .mode = mode, .client = visit.client});
}

Response answer_renewed(const HttpParts& parts, const Visit& visit, const Renewal& renewal) {
  const Result<Grant> grant = renew(parts, visit, renewal.methods);
  if (!grant) return problem_of(grant.error());
  const LoggedIn login{.grant = *grant, .must_enrol = false, .device_token = {}};
  const bool is_cookie = visit.who().via == Via::Cookie;
  auto object = nlohmann::json::parse(is_cookie ? cookie_grant_json(login) : grant_json(login));
  if (!renewal.backup_codes.empty()) object["backup_codes"] = renewal.backup_codes;
  Response response = private_json(200, object.dump());
  if (is_cookie) give_cookies(login, parts.clock.wall(), visit.config->browser, response.headers);
  return response;
}

}  // namespace picket::authd
