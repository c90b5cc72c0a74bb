#include "authd/http/factor_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/http/auth_json.h"
#include "authd/http/auth_routes.h"
#include "authd/http/json_body.h"
#include "authd/http/own_account.h"
#include "authd/http/problems.h"
#include "authd/http/renewal.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

using nlohmann::json;

Response send_code(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string challenge = body->required("challenge");
  const std::string method = body->required("method");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<void> sent = parts.login.send_code(challenge, method, visit.login_context(SessionMode::Token));
  if (!sent) return problem_of(sent.error());
  return private_json(202, R"({"status":"sent"})");
}

Response complete(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const SecondFactorAnswer answer{.challenge = body->required("challenge"),
                                  .method = body->required("method"),
                                  .code = body->required("code"),
                                  .remember_device = body->flag("remember_device")};
  recognise(parts, visit, body->text("device_token"));
  const Result<SessionMode> mode = session_mode_of(body->text("mode"));
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  if (!mode) return problem_of(mode.error());
  return answer_login(parts, visit, parts.login.complete(answer, visit.login_context(*mode)), *mode);
}

Response status(const HttpParts& parts, Visit& visit) {
  const Result<SecondFactors> factors = parts.factors.find(visit.who().user_id);
  if (!factors) return problem_of(factors.error());
  const auto codes = parts.factors.backup_codes(visit.who().user_id);
  if (!codes) return problem_of(codes.error());
  const auto left =
      std::ranges::count_if(*codes, [](const auto& code) { return code.used_at == WallTime{}; });
  return private_json(200, factors_json(*factors, static_cast<std::size_t>(left)));
}

Response set_up_totp(const HttpParts& parts, const User& user) {
  const Result<TotpOffer> offer = parts.enrolment.begin_totp(user);
  if (!offer) return problem_of(offer.error());
  return private_json(200, to_json(json{{"method", "totp"},
                                        {"secret", offer->base32.reveal()},
                                        {"otpauth_uri", offer->uri.reveal()},
                                        {"qr_svg", offer->qr_svg.reveal()}}));
}

Response set_up_channel(const HttpParts& parts, const Visit& visit, const User& user,
                        const std::string& method) {
  const Result<void> set = method == "email" ? parts.enrolment.set_email(user, true, visit.client)
                                             : parts.enrolment.set_sms(user, true, visit.client);
  if (!set) return problem_of(set.error());
  return answer_renewed(parts, visit, {.methods = visit.who().methods, .backup_codes = {}, .api_keys = {}});
}

/// One who has a second factor already shows his password before he changes anything about it.
Result<void> confirm_change(const HttpParts& parts, const Visit& visit, const User& user,
                            const std::string& password) {
  return parts.login.confirm_password(user, password, visit.login_context(SessionMode::Token));
}

Response set_up(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string method = body->text("method");
  const std::string password = body->required("password");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<User> user = account_of(parts, visit);
  if (!user) return problem_of(user.error());
  if (const Result<void> sure = confirm_change(parts, visit, *user, password); !sure)
    return problem_of(sure.error());
  if (method.empty() || method == "totp") return set_up_totp(parts, *user);
  if (method == "email" || method == "sms") return set_up_channel(parts, visit, *user, method);
  return bad_request("method is one of totp, email, sms");
}

Response verify_totp_code(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string code = body->required("code");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<User> user = account_of(parts, visit);
  if (!user) return problem_of(user.error());
  const auto backup_codes =
      parts.enrolment.confirm_totp(*user, code, visit.login_context(SessionMode::Token));
  if (!backup_codes) return problem_of(backup_codes.error());
  return answer_renewed(
      parts, visit,
      {.methods = with_second_factor(visit.who().methods), .backup_codes = *backup_codes, .api_keys = {}});
}

Result<void> take_away(const HttpParts& parts, const Visit& visit, const User& user,
                       const std::string& method) {
  if (method == "totp") return parts.enrolment.remove_totp(user, visit.client);
  if (method == "email") return parts.enrolment.set_email(user, false, visit.client);
  if (method == "sms") return parts.enrolment.set_sms(user, false, visit.client);
  return fail(ErrorKind::InvalidInput, "method is one of totp, email, sms");
}

Response disable(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string method = body->required("method");
  const std::string password = body->required("password");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<User> user = account_of(parts, visit);
  if (!user) return problem_of(user.error());
  if (const Result<void> sure = confirm_change(parts, visit, *user, password); !sure)
    return problem_of(sure.error());
  const Result<void> taken = take_away(parts, visit, *user, method);
  if (!taken) return problem_of(taken.error());
  return answer_renewed(parts, visit, {.methods = visit.who().methods, .backup_codes = {}, .api_keys = {}});
}

Response renew_backup_codes(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string password = body->required("password");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<User> user = account_of(parts, visit);
  if (!user) return problem_of(user.error());
  if (const Result<void> sure = confirm_change(parts, visit, *user, password); !sure)
    return problem_of(sure.error());
  const auto codes = parts.enrolment.renew_backup_codes(*user, visit.client);
  if (!codes) return problem_of(codes.error());
  return answer_renewed(parts, visit,
                        {.methods = visit.who().methods, .backup_codes = *codes, .api_keys = {}});
}

}  // namespace

void add_factor_routes(RouteTable& routes) {
  routes.post("/api/v1/auth/2fa/challenge", for_anyone(), send_code,
              {.name = "factor_challenge",
               .summary = "Send a code for a login that waits for it",
               .tag = "Second factors",
               .request_schema = "CodeRequest",
               .response_schema = "Sent"});
  routes.post("/api/v1/auth/2fa/complete", for_anyone(), complete,
              {.name = "factor_complete",
               .summary = "End a login with its second factor",
               .tag = "Second factors",
               .request_schema = "SecondFactorAnswer",
               .response_schema = "LoginAnswer"});
  routes.get("/api/v1/auth/2fa", for_session_or_program("factors:read"), status,
             {.name = "factors",
              .summary = "Second factors of mine",
              .tag = "Second factors",
              .response_schema = "SecondFactors"});
  routes.post("/api/v1/auth/2fa/setup", for_enrolment(), set_up,
              {.name = "factor_setup",
               .summary = "Begin to set up a second factor",
               .tag = "Second factors",
               .request_schema = "FactorSetup",
               .response_schema = "FactorOffer"});
  routes.post("/api/v1/auth/2fa/verify", for_enrolment_code(), verify_totp_code,
              {.name = "factor_verify",
               .summary = "Confirm the authenticator app; shows the backup codes",
               .tag = "Second factors",
               .request_schema = "FactorCode",
               .response_schema = "Renewed"});
  routes.post("/api/v1/auth/2fa/disable", for_session("factors:write", Access::Login::WithPassword), disable,
              {.name = "factor_disable",
               .summary = "Take a second factor away",
               .tag = "Second factors",
               .request_schema = "FactorRemoval",
               .response_schema = "Renewed"});
  routes.post("/api/v1/auth/2fa/backup-codes", for_session("factors:write", Access::Login::WithPassword),
              renew_backup_codes,
              {.name = "backup_codes",
               .summary = "New backup codes; the old ones end",
               .tag = "Second factors",
               .request_schema = "PasswordAgain",
               .response_schema = "Renewed"});
}

}  // namespace picket::authd
