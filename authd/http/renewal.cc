#include "authd/http/renewal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/http/auth_json.h"
#include "authd/http/cookies.h"
#include "authd/http/endings.h"
#include "authd/http/own_account.h"
#include "authd/http/problems.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

bool is_half_grant(const Grant& grant) {
  return scopes_of(grant.user.role, grant.session.amr, false) != std::vector<std::string>{"*"};
}

}  // namespace

std::vector<std::string> with_second_factor(std::vector<std::string> methods) {
  if (std::ranges::find(methods, "otp") == methods.end()) methods.emplace_back("otp");
  return methods;
}

Result<Grant> renew(const HttpParts& parts, const Visit& visit, std::vector<std::string> methods) {
  const Result<User> user = account_of(parts, visit);
  if (!user) return fail(user);
  parts.ended.note_epoch(user->id, user->epoch);
  const SessionMode mode = visit.who().via == Via::Cookie ? SessionMode::Cookie : SessionMode::Token;
  return parts.sessions.open(
      {.user = *user, .methods = std::move(methods), .mode = mode, .client = visit.client});
}

Result<Grant> reauthenticate(const HttpParts& parts, const Visit& visit, const Reproof& reproof) {
  const Result<User> user = account_of(parts, visit);
  if (!user) return fail(user);
  const LoginContext context = visit.login_context(SessionMode::Token);
  const Result<void> proved = reproof.code.empty()
                                  ? parts.login.confirm_password(*user, reproof.password, context)
                                  : parts.login.confirm_code(*user, reproof.code, context);
  if (!proved) return fail(proved);
  Result<Grant> grant = renew(
      parts, visit, reproof.code.empty() ? visit.who().methods : with_second_factor(visit.who().methods));
  if (!grant) return grant;
  const Result<bool> ended = end_session(
      parts, visit,
      {.session_id = visit.who().session_id, .owner_id = visit.who().user_id, .reason = "reauthenticated"});
  if (ended) return grant;
  parts.sessions.take_back(*grant);
  return fail(ended);
}

Response answer_renewed(const HttpParts& parts, const Visit& visit, const Renewal& renewal) {
  const Result<Grant> grant = renew(parts, visit, renewal.methods);
  return grant ? answer_grant(parts, visit, *grant, renewal) : problem_of(grant.error());
}

Response answer_grant(const HttpParts& parts, const Visit& visit, const Grant& grant,
                      const Renewal& renewal) {
  const LoggedIn login{.grant = grant, .must_enrol = is_half_grant(grant), .device_token = {}};
  const bool is_cookie = visit.who().via == Via::Cookie;
  nlohmann::json object = is_cookie ? cookie_grant_object(login) : grant_object(login);
  if (!renewal.backup_codes.empty()) object["backup_codes"] = renewal.backup_codes;
  if (renewal.api_keys) object["api_keys"] = *renewal.api_keys;
  Response response = private_json(200, to_json(object));
  if (is_cookie) give_cookies(login, parts.clock.wall(), visit.config->browser, response.headers);
  return response;
}

}  // namespace picket::authd
