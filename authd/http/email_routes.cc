#include "authd/http/email_routes.h"

#include "authd/http/json_body.h"
#include "authd/http/problems.h"

namespace picket::authd {
namespace {

/// 202 whether one was sent or not.
Response mail_link(const HttpParts& parts, Visit& visit) {
  const Result<std::optional<User>> user = parts.accounts.find(visit.who().user_id);
  if (!user) return problem_of(user.error());
  if (!*user) return unauthorized();
  const Result<void> sent = parts.contacts.mail_link(**user, visit.client);
  if (!sent) return problem_of(sent.error());
  return private_json(202, R"({"status":"sent"})");
}

Response verify_address(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string token = body->required("token");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<void> verified = parts.contacts.verify(token, visit.login_context(SessionMode::Token));
  if (!verified) return problem_of(verified.error());
  return {.status = 204};
}

}  // namespace

void add_email_routes(RouteTable& routes) {
  routes.post("/api/v1/auth/email/link", for_session_or_program("users:update"), mail_link,
              {.name = "email_link",
               .summary = "Mail me a link that verifies my address",
               .tag = "Users",
               .response_schema = "Sent"});
  routes.post("/api/v1/auth/email/verify", for_anyone(), verify_address,
              {.name = "email_verify",
               .summary = "Verify an address by such a link",
               .tag = "Users",
               .request_schema = "EmailToken"});
}

}  // namespace picket::authd
