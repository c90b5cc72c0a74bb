#include "authd/http/auth_routes.h"

#include <nlohmann/json.hpp>

#include "authd/http/audit_note.h"
#include "authd/http/auth_json.h"
#include "authd/http/cookies.h"
#include "authd/http/endings.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/http/user_change.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

constexpr int kSessionsMax = 1000;

Response answer_granted(const HttpParts& parts, const Visit& visit, const LoggedIn& login, SessionMode mode) {
  if (mode == SessionMode::Token) {
    Response response = private_json(200, grant_json(login));
    give_mark(login, visit.config->browser, response.headers);
    return response;
  }
  if (const Result<void> ended = end_replaced(parts, visit); !ended) {
    parts.sessions.take_back(login.grant);
    return problem_of(ended.error());
  }
  Response response = private_json(200, cookie_grant_json(login));
  give_cookies(login, parts.clock.wall(), visit.config->browser, response.headers);
  return response;
}

Response refused(const HttpParts& parts, const LoginRefused& refusal) {
  switch (refusal.kind) {
    case LoginRefused::Kind::Busy:
      return busy(refusal.retry_after);
    case LoginRefused::Kind::Unavailable:
      return problem_of({ErrorKind::Unavailable, ""});
    case LoginRefused::Kind::Limited:
      return turned_away(*refusal.turned_away, parts.clock.wall());
    case LoginRefused::Kind::Foreign:
      return forbidden("A login with cookies must come from this site.");
    case LoginRefused::Kind::Denied:
      break;
  }
  return login_failed();
}

Response login(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const Credentials credentials{.name = body->required("username"), .password = body->required("password")};
  const Result<SessionMode> mode = session_mode_of(body->text("mode"));
  recognise(parts, visit, body->text("device_token"));
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  if (!mode) return problem_of(mode.error());
  return answer_login(parts, visit, parts.login.begin(credentials, visit.login_context(*mode)), *mode);
}

Response refresh(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string token = body->required("refresh_token");
  recognise(parts, visit, body->text("device_token"));
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<RefreshAnswer> answer = parts.sessions.refresh(token, visit.client);
  if (!answer) return problem_of(answer.error());
  if (answer->verdict == RefreshVerdict::OwnerNetwork) return kept_out(parts, visit, answer->user_id);
  if (answer->verdict == RefreshVerdict::Reuse) tell_of_reuse(parts, visit, *answer);
  if (!answer->grant) return login_failed();
  return private_json(200, grant_json({.grant = *answer->grant, .must_enrol = false, .device_token = {}}));
}

/// Of the session behind the access token or cookie, or of the refresh token in the body.
Response logout(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string token = body->text("refresh_token");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  if (token.empty() && (!visit.identity || visit.identity->session_id.empty())) return unauthorized();
  const Result<bool> ended =
      token.empty()
          ? end_session(parts, visit, {.session_id = visit.who().session_id, .owner_id = visit.who().user_id})
          : end_by_refresh(parts, visit, token, "logout");
  if (!ended) return problem_of(ended.error());
  Response response{.status = 204};
  take_session_cookie(visit.config->browser, response.headers);
  return response;
}

Response logout_all(const HttpParts& parts, Visit& visit) {
  const Result<void> ended = end_everything(parts, visit);
  if (!ended) return problem_of(ended.error());
  const Result<std::int64_t> keys = keys_that_stay(parts, visit);
  if (!keys) return problem_of(keys.error());
  Response response = private_json(200, to_json(nlohmann::json{{"api_keys", *keys}}));
  take_session_cookie(visit.config->browser, response.headers);
  return response;
}

Response me(const HttpParts& parts, const Visit& visit) {
  const Result<std::optional<User>> user = parts.accounts.find(visit.who().user_id);
  if (!user) return problem_of(user.error());
  if (!*user) return unauthorized();
  const Result<SecondFactors> factors = parts.factors.find(visit.who().user_id);
  if (!factors) return problem_of(factors.error());
  return private_json(200, me_json(visit.who(), **user, *factors, visit.csrf));
}

Response list_sessions(const HttpParts& parts, const Visit& visit) {
  const std::string* of = visit.request.target.param("user");
  const bool wants_all = of != nullptr && *of == "*";
  const std::string owner = of == nullptr ? visit.who().user_id : wants_all ? "" : *of;
  const Result<void> may = authorize(visit.actor(), "sessions:read", {.resource_id = "", .owner_id = owner});
  if (!may) return problem_of(may.error());
  const auto sessions = parts.session_store.list_live(owner, parts.clock.wall(), kSessionsMax);
  if (!sessions) return problem_of(sessions.error());
  return private_json(200, sessions_json(*sessions, visit.who().session_id));
}

Response end_one(const HttpParts& parts, const Visit& visit) {
  const std::string& id = visit.request.path_param("id");
  const Result<std::optional<Session>> session = parts.session_store.find(id);
  if (!session) return problem_of(session.error());
  const std::string owner = *session ? (*session)->user_id : "";
  const Result<void> may = may_touch(parts, visit,
                                     {.permission = "sessions:revoke",
                                      .sight = "sessions:read",
                                      .resource_id = id,
                                      .owner_id = owner,
                                      .what = "session"});
  if (!may) return problem_of(may.error());
  const bool is_own = owner == visit.who().user_id;
  const Result<bool> ended =
      end_session(parts, visit, {.session_id = id, .owner_id = owner, .reason = is_own ? "logout" : "admin"});
  if (!ended) return problem_of(ended.error());
  return {.status = 204};
}

Response list_devices(const HttpParts& parts, const Visit& visit) {
  const auto devices = parts.devices.list_live(visit.who().user_id, parts.clock.wall());
  if (!devices) return problem_of(devices.error());
  return private_json(200, devices_json(*devices));
}

Response forget_one(const HttpParts& parts, const Visit& visit) {
  const Result<bool> revoked = forget_device(parts, visit, visit.request.path_param("id"));
  if (!revoked) return problem_of(revoked.error());
  if (!*revoked) return not_found("There is no such device.");
  return {.status = 204};
}

constexpr Access kMe{.half_login = true,
                     .password_due = true,
                     .session = Access::Login::Any,
                     .programs = Access::Programs::WithScope,
                     .permission = "users:read"};

}  // namespace

Result<SessionMode> session_mode_of(const std::string& word) {
  if (word.empty() || word == "token") return SessionMode::Token;
  if (word == "cookie") return SessionMode::Cookie;
  return fail(ErrorKind::InvalidInput, "mode must be \"token\" or \"cookie\"");
}

Response answer_login(const HttpParts& parts, const Visit& visit, const LoginOutcome& outcome,
                      SessionMode mode) {
  if (const auto* login = std::get_if<LoggedIn>(&outcome)) return answer_granted(parts, visit, *login, mode);
  if (const auto* required = std::get_if<SecondFactorRequired>(&outcome))
    return private_json(200, challenge_json(*required, parts.clock.wall()));
  return refused(parts, std::get<LoginRefused>(outcome));
}

void add_auth_routes(RouteTable& routes) {
  routes.post("/api/v1/auth/login", for_anyone(), login,
              {.name = "login",
               .summary = "Log in with a password",
               .tag = "Login and sessions",
               .request_schema = "LoginRequest",
               .response_schema = "LoginAnswer"});
  routes.post("/api/v1/auth/refresh", for_anyone(), refresh,
              {.name = "refresh",
               .summary = "Trade a refresh token for new tokens",
               .tag = "Login and sessions",
               .request_schema = "RefreshRequest",
               .response_schema = "Tokens"});
  routes.post("/api/v1/auth/logout", for_anyone_or_login(), logout,
              {.name = "logout",
               .summary = "End this session",
               .tag = "Login and sessions",
               .request_schema = "LogoutRequest"});
  routes.post("/api/v1/auth/logout-all", for_fresh_session("sessions:revoke"), logout_all,
              {.name = "logout_all",
               .summary = "End all sessions of mine; API keys stay, and the answer says how many",
               .tag = "Login and sessions",
               .response_schema = "LoggedOut"});
  routes.get("/api/v1/auth/me", kMe, me,
             {.name = "me",
              .summary = "Who I am and what I may do",
              .tag = "Login and sessions",
              .response_schema = "Me"});
  routes.get("/api/v1/auth/sessions", for_session_or_program("sessions:read"), list_sessions,
             {.name = "sessions",
              .summary = "Live sessions, mine, (?user=) another's or (?user=*) everybody's",
              .tag = "Login and sessions",
              .response_schema = "Sessions"});
  routes.del("/api/v1/auth/sessions/{id}", for_fresh_session_or_program("sessions:revoke"), end_one,
             {.name = "session_end", .summary = "End one session", .tag = "Login and sessions"});
  routes.get("/api/v1/auth/devices", for_session_or_program("devices:read"), list_devices,
             {.name = "devices",
              .summary = "Remembered devices of mine",
              .tag = "Login and sessions",
              .response_schema = "Devices"});
  routes.del("/api/v1/auth/devices/{id}", for_session_or_program("devices:revoke"), forget_one,
             {.name = "device_forget", .summary = "Forget a remembered device", .tag = "Login and sessions"});
}

}  // namespace picket::authd
