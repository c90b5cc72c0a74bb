#include "authd/http/password_routes.h"

#include <nlohmann/json.hpp>

#include "authd/http/endings.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/http/renewal.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

using nlohmann::json;

/// 204, or 422 with every objection: fit to be shown beside the field.
Response answer_password(const Result<PasswordAnswer>& answer) {
  if (!answer) return problem_of(answer.error());
  if (answer->empty()) return {.status = 204};
  json objections = json::array();
  for (const PasswordObjection& objection : *answer) {
    objections.push_back({{"fault", to_string(objection.fault)}, {"text", objection.text}});
  }
  Response response = Response::json(422, to_json(json{{"type", "about:blank"},
                                                       {"title", "That password cannot be set"},
                                                       {"status", 422},
                                                       {"objections", objections}}));
  response.headers.set("Content-Type", "application/problem+json");
  return response;
}

Response change(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string current = body->required("current_password");
  const std::string next = body->required("new_password");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<std::optional<User>> user = parts.accounts.find(visit.who().user_id);
  if (!user) return problem_of(user.error());
  if (!*user) return unauthorized();
  const Result<PasswordAnswer> answer =
      parts.recovery.change(**user, current, next, visit.login_context(SessionMode::Token));
  if (!answer || !answer->empty()) return answer_password(answer);
  const Result<std::int64_t> keys = keys_that_stay(parts, visit);
  if (!keys) return problem_of(keys.error());
  return answer_renewed(parts, visit,
                        {.methods = visit.who().methods, .backup_codes = {}, .api_keys = *keys});
}

/// By one of the two: a session with a fresh proof, in place of this one.
Response prove_again(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const Reproof reproof{.password = body->text("password"), .code = body->text("code")};
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  if (reproof.password.empty() == reproof.code.empty()) return bad_request("send password or code");
  const Result<Grant> grant = reauthenticate(parts, visit, reproof);
  return grant ? answer_grant(parts, visit, *grant) : problem_of(grant.error());
}

/// 202 whether there is such an account or not.
Response forgot(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string name = body->required("username");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<void> sent = parts.recovery.request_reset(name, visit.login_context(SessionMode::Token));
  if (!sent) return problem_of(sent.error());
  return private_json(202, R"({"status":"sent"})");
}

Response reset(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string token = body->required("token");
  const std::string next = body->required("new_password");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  return answer_password(parts.recovery.reset(token, next, visit.login_context(SessionMode::Token)));
}

Response accept(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string token = body->required("token");
  const std::string username = body->required("username");
  const std::string password = body->required("password");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  return answer_password(
      parts.recovery.accept(token, username, password, visit.login_context(SessionMode::Token)));
}

}  // namespace

void add_password_routes(RouteTable& routes) {
  routes.post("/api/v1/auth/password", for_password_change(), change,
              {.name = "password_change",
               .summary = "Change my password; other sessions end",
               .tag = "Passwords",
               .request_schema = "PasswordChange",
               .response_schema = "Renewed"});
  routes.post("/api/v1/auth/reauthenticate", for_session(), prove_again,
              {.name = "reauthenticate",
               .summary = "Show the password or a code again; the session goes on under a new id",
               .tag = "Passwords",
               .request_schema = "Reauthentication",
               .response_schema = "Renewed"});
  routes.post("/api/v1/auth/password/forgot", for_anyone(), forgot,
              {.name = "password_forgot",
               .summary = "Mail me a link to set a new password",
               .tag = "Passwords",
               .request_schema = "PasswordForgotten",
               .response_schema = "Sent"});
  routes.post("/api/v1/auth/password/reset", for_anyone(), reset,
              {.name = "password_reset",
               .summary = "Set a new password by such a link",
               .tag = "Passwords",
               .request_schema = "PasswordReset"});
  routes.post("/api/v1/auth/invitation", for_anyone(), accept,
              {.name = "invitation_accept",
               .summary = "Make the account that an invitation is for",
               .tag = "Passwords",
               .request_schema = "Acceptance"});
}

}  // namespace picket::authd
