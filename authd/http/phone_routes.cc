#include "authd/http/phone_routes.h"

#include <nlohmann/json.hpp>

#include "authd/http/json_body.h"
#include "authd/http/own_account.h"
#include "authd/http/problems.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

using nlohmann::json;

/// 202 whether one was sent or a cap held it back.
Response text_code(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string earlier = body->text("challenge");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<User> user = account_of(parts, visit);
  if (!user) return problem_of(user.error());
  const Result<Secret> token = parts.phones.send_code(*user, earlier);
  if (!token) return problem_of(token.error());
  return private_json(202, to_json(json{{"status", "sent"}, {"challenge", token->reveal()}}));
}

Response verify_number(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const PhoneAnswer answer{.token = body->required("challenge"), .code = body->required("code")};
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<User> user = account_of(parts, visit);
  if (!user) return problem_of(user.error());
  const Result<void> verified = parts.phones.confirm(*user, answer, visit.login_context(SessionMode::Token));
  if (!verified) return problem_of(verified.error());
  return {.status = 204};
}

}  // namespace

void add_phone_routes(RouteTable& routes) {
  routes.post("/api/v1/auth/phone/code", for_session("users:update"), text_code,
              {.name = "phone_code",
               .summary = "Text me a code that verifies my number",
               .tag = "Users",
               .request_schema = "PhoneCodeRequest",
               .response_schema = "PhoneCodeSent"});
  routes.post("/api/v1/auth/phone/verify", for_session("users:update"), verify_number,
              {.name = "phone_verify",
               .summary = "Verify my number by such a code; it may then serve as a second factor (sms)",
               .tag = "Users",
               .request_schema = "PhoneCode"});
}

}  // namespace picket::authd
