// Forgotten passwords, invitations and mail addresses to be verified, as pages. The token of a link comes in
// the query and goes on in the form, so that opening a link (a mail scanner does) changes nothing.
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"

namespace picket::authd {
namespace {

Html objections_of(const PasswordAnswer& answer) {
  Html out;
  for (const PasswordObjection& objection : answer) out += alert(objection.text);
  return out;
}

std::string token_in(const Request& request) {
  const std::string* token = request.target.param("token");
  return token == nullptr ? "" : *token;
}

Html new_password_field(std::string_view name) {
  return input({.label = "New password",
                .name = name,
                .type = "password",
                .autocomplete = "new-password",
                .hint = "Long is good: several words that do not belong together. Spaces are fine."});
}

Response forgot_page(const HttpParts&, Visit& visit) {
  return card(visit, {.title = "Forgotten password",
                      .body = form("/auth/forgot", input({.label = "User name or email",
                                                          .name = "username",
                                                          .autocomplete = "username",
                                                          .focus = true}) +
                                                       button("Mail me a link")) +
                              link("/auth/login", "Back to the login")});
}

Response take_forgot(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<void> sent =
      parts.recovery.request_reset(field_of(*form, "username"), visit.login_context(SessionMode::Cookie));
  if (!sent) return trouble(visit, sent.error());
  return render(
      visit,
      {.title = "Look into your mail",
       .body = notice("If there is such an account, a link is on its way. It works once, for an hour.") +
               link("/auth/login", "Back to the login")});
}

Response reset_page(const Visit& visit, const std::string& token, const Html& problems) {
  return render(
      visit, {.title = "New password",
              .body = problems + form("/auth/reset", hidden("token", token) + new_password_field("password") +
                                                         button("Set the password")),
              .status = problems.empty() ? 200 : 422});
}

Response take_reset(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const std::string token = field_of(*form, "token");
  const Result<PasswordAnswer> answer =
      parts.recovery.reset(token, field_of(*form, "password"), visit.login_context(SessionMode::Cookie));
  if (!answer) {
    if (answer.error().kind == ErrorKind::Denied)
      return trouble(visit, {ErrorKind::Denied, "That link is used or too old. Ask for another one."});
    return trouble(visit, answer.error());
  }
  if (!answer->empty()) return reset_page(visit, token, objections_of(*answer));
  return card(visit, {.title = "Done",
                      .body = notice("The password is set. Every other session has ended.") +
                              link("/auth/login", "Log in")});
}

Response invitation_page(const Visit& visit, const std::string& token, const Html& problems) {
  return card(visit, {.title = "Welcome",
                      .body = problems + form("/auth/invitation", hidden("token", token) +
                                                                      input({.label = "User name",
                                                                             .name = "username",
                                                                             .autocomplete = "username",
                                                                             .focus = true}) +
                                                                      new_password_field("password") +
                                                                      button("Make the account")),
                      .status = problems.empty() ? 200 : 422});
}

Response take_invitation(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const std::string token = field_of(*form, "token");
  const Result<PasswordAnswer> answer =
      parts.recovery.accept(token, field_of(*form, "username"), field_of(*form, "password"),
                            visit.login_context(SessionMode::Cookie));
  if (!answer) {
    if (answer.error().kind == ErrorKind::Denied)
      return trouble(visit, {ErrorKind::Denied, "That invitation is used or too old. Ask for another one."});
    const bool is_about_what_was_typed =
        answer.error().kind == ErrorKind::InvalidInput || answer.error().kind == ErrorKind::Conflict;
    if (!is_about_what_was_typed) return trouble(visit, answer.error());
    return invitation_page(visit, token, alert(answer.error().message));
  }
  if (!answer->empty()) return invitation_page(visit, token, objections_of(*answer));
  return see_other("/auth/login");
}

Response email_page(const HttpParts&, Visit& visit) {
  return card(visit, {.title = "Your mail address",
                      .body = paragraph("Is the mailbox that this link came to yours?") +
                              form("/auth/email",
                                   hidden("token", token_in(visit.request)) + button("Yes, it is mine"))});
}

Response take_email(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<void> verified =
      parts.contacts.verify(field_of(*form, "token"), visit.login_context(SessionMode::Cookie));
  if (!verified && verified.error().kind == ErrorKind::Denied)
    return trouble(visit, {ErrorKind::Denied, "That link is used or too old. Ask for another one."});
  if (!verified) return trouble(visit, verified.error());
  return card(visit,
              {.title = "Done",
               .body = notice("The mail address is verified.") + link("/auth/account", "To the account")});
}

}  // namespace

void add_recovery_pages(RouteTable& routes) {
  routes.get("/auth/forgot", for_anyone(), forgot_page,
             {.name = "page_forgot", .summary = "Forgotten password (page)", .tag = "Pages"});
  routes.post("/auth/forgot", for_anyone(), take_forgot,
              {.name = "page_forgot", .summary = "Forgotten password (form)", .tag = "Pages"});
  routes.get("/auth/reset", for_anyone(),
             [](const HttpParts&, Visit& visit) { return reset_page(visit, token_in(visit.request), {}); },
             {.name = "page_reset", .summary = "New password (page)"});
  routes.post("/auth/reset", for_anyone(), take_reset,
              {.name = "page_reset", .summary = "New password (form)", .tag = "Pages"});
  routes.get(
      "/auth/invitation", for_anyone(),
      [](const HttpParts&, Visit& visit) { return invitation_page(visit, token_in(visit.request), {}); },
      {.name = "page_invitation", .summary = "Invitation (page)"});
  routes.get("/auth/email", for_anyone(), email_page,
             {.name = "page_email", .summary = "Verify a mail address (page)", .tag = "Pages"});
  routes.post("/auth/email", for_anyone(), take_email,
              {.name = "page_email", .summary = "Verify a mail address (form)", .tag = "Pages"});
  routes.post("/auth/invitation", for_anyone(), take_invitation,
              {.name = "page_invitation", .summary = "Invitation (form)", .tag = "Pages"});
}

}  // namespace picket::authd
