// /auth/phone: one's number, the code that verifies it, and codes by SMS beside the authenticator app.
#include "authd/http/cookies.h"
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/http/renewal.h"
#include "authd/http/user_change.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"
#include "base/deliver/sms.h"

namespace picket::authd {
namespace {

Html password_field(std::string_view name) {
  return input({.label = "Your password, once more",
                .name = name,
                .type = "password",
                .autocomplete = "current-password"});
}

Html number_form(const Visit& visit, const User& user) {
  return heading(user.phone.empty() ? "Your phone number" : "Another number") +
         form("/auth/phone", csrf_field(visit) + account_name(user.username) +
                                 input({.label = "Number, such as +14155550100",
                                        .name = "phone",
                                        .type = "tel",
                                        .autocomplete = "tel"}) +
                                 password_field("password") + button("Save the number"));
}

Html send_form(const Visit& visit, const std::string& challenge, std::string_view label) {
  return form("/auth/phone/code", csrf_field(visit) + hidden("challenge", challenge) + quiet_button(label));
}

Html sms_form(const Visit& visit, const User& user, bool is_on) {
  return heading("Codes by SMS") +
         paragraph(is_on ? "A login may be completed with a code that is texted to this number."
                         : "A login can also be completed with a code that is texted to this number.") +
         form("/auth/phone/sms", csrf_field(visit) + account_name(user.username) +
                                     hidden("on", is_on ? "" : "yes") + password_field("confirm") +
                                     button(is_on ? "Turn codes by SMS off" : "Turn codes by SMS on"));
}

Result<Html> state_of(const HttpParts& parts, const Visit& visit, const User& user) {
  if (user.phone.empty()) return Html{};
  const Html number =
      paragraph(fmt::format("{} is {}.", user.phone, user.phone_verified ? "verified" : "not verified yet"));
  if (!user.phone_verified) {
    if (!parts.phones.can_send()) return number + paragraph("Text messages are not set up here.");
    return number + send_form(visit, "", "Text me a code");
  }
  const Result<SecondFactors> factors = parts.factors.find(user.id);
  if (!factors) return fail(factors);
  if (!factors->has_totp())
    return number + paragraph("Codes by SMS stand beside an authenticator app, which is not set up yet.") +
           link("/auth/enrol", "Set up an authenticator app");
  return number + sms_form(visit, user, factors->sms_otp);
}

Response show_user(const HttpParts& parts, const Visit& visit, const User& user, const Html& message,
                   int status = 200) {
  const Result<Html> state = state_of(parts, visit, user);
  if (!state) return trouble(visit, state.error());
  return card(visit, {.title = "Phone number",
                      .body = message + *state + number_form(visit, user) +
                              link("/auth/account", "Back to the account"),
                      .status = status});
}

Response show(const HttpParts& parts, const Visit& visit, const Html& message, int status = 200) {
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  return show_user(parts, visit, *user, message, status);
}

/// Stored, and what follows from it: the old number's verification is gone, the mailbox hears of it.
Result<void> change_number(const HttpParts& parts, Visit& visit, const std::string& phone) {
  const Result<User> before = account_of(parts, visit);  // again: its password may have been hashed anew
  if (!before) return fail(before);
  if (before->phone == phone) return {};
  User after = *before;
  after.phone = phone;
  after.phone_verified = false;
  const Result<User> stored =
      store_change(parts, visit, {*before, *before}, after, {.action = "users.update", .resource = ""});
  if (!stored) return fail(stored);
  return parts.contacts.changed(*before, *stored, visit.client);
}

Response take_number(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const std::string phone = field_of(*form, "phone");
  if (const Result<void> fine = check_phone_number(phone); !fine)
    return show(parts, visit, alert("That is no phone number. It begins with + and the country."), 400);
  const Result<void> sure = parts.login.confirm_password(*user, field_of(*form, "password"),
                                                         visit.login_context(SessionMode::Cookie));
  if (!sure && sure.error().kind == ErrorKind::Denied)
    return show(parts, visit, alert("The password is not right."), 403);
  if (!sure) return trouble(visit, sure.error());
  if (const Result<void> changed = change_number(parts, visit, phone); !changed)
    return trouble(visit, changed.error());
  return see_other("/auth/phone");
}

Html code_form(const Visit& visit, const std::string& challenge) {
  return form("/auth/phone/verify", csrf_field(visit) + hidden("challenge", challenge) +
                                        input({.label = "Code from the text message",
                                               .name = "code",
                                               .autocomplete = "one-time-code",
                                               .focus = true,
                                               .numeric = true}) +
                                        button("Verify the number")) +
         send_form(visit, challenge, "Text me another code") + link("/auth/phone", "Back");
}

Response send_code(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const Result<Secret> token = parts.phones.send_code(*user, field_of(*form, "challenge"));
  if (!token && token.error().kind == ErrorKind::Conflict) return see_other("/auth/phone");
  if (!token) return trouble(visit, token.error());
  return card(visit, {.title = "Verify the number",
                      .body = notice("If none was sent within the last minute, a code is on its way.") +
                              code_form(visit, token->reveal())});
}

Response verify_number(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const std::string challenge = field_of(*form, "challenge");
  const Result<void> verified = parts.phones.confirm(
      *user, {.token = challenge, .code = field_of(*form, "code")}, visit.login_context(SessionMode::Cookie));
  if (verified) return show(parts, visit, notice("The number is verified."));
  if (verified.error().kind != ErrorKind::Denied) return trouble(visit, verified.error());
  return card(visit, {.title = "Verify the number",
                      .body = alert("That code is not right, or no longer.") + code_form(visit, challenge),
                      .status = 403});
}

/// The session goes on under a new id: a change of factors ends every other.
Response switch_sms(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const Result<void> sure = parts.login.confirm_password(*user, field_of(*form, "confirm"),
                                                         visit.login_context(SessionMode::Cookie));
  if (!sure && sure.error().kind == ErrorKind::Denied)
    return show(parts, visit, alert("The password is not right."), 403);
  if (!sure) return trouble(visit, sure.error());
  const bool on = !field_of(*form, "on").empty();
  const Result<void> set = parts.enrolment.set_sms(*user, on, visit.client);
  if (!set) return trouble(visit, set.error());
  const Result<Grant> grant = renew(parts, visit, visit.who().methods);
  if (!grant) return trouble(visit, grant.error());
  Response response =
      card(visit, {.title = "Done",
                   .body = notice(on ? "Codes by SMS are on. Every other session has ended."
                                     : "Codes by SMS are off. Every other session has ended.") +
                           link("/auth/account", "To the account")});
  give_cookies({.grant = *grant, .must_enrol = false, .device_token = {}}, parts.clock.wall(),
               visit.config->browser, response.headers);
  return response;
}

}  // namespace

void add_phone_pages(RouteTable& routes) {
  routes.get("/auth/phone", for_session(),
             [](const HttpParts& parts, Visit& visit) { return show(parts, visit, {}); },
             {.name = "page_phone", .summary = "Phone number (page)", .tag = "Pages"});
  routes.post("/auth/phone", for_session("users:update", Access::Login::WithPassword), take_number,
              {.name = "page_phone", .summary = "Phone number (form)", .tag = "Pages"});
  routes.post("/auth/phone/code", for_session("users:update"), send_code,
              {.name = "page_phone_code",
               .summary = "Text the code that verifies the number (form)",
               .tag = "Pages"});
  routes.post("/auth/phone/verify", for_session("users:update"), verify_number,
              {.name = "page_phone_verify", .summary = "Verify the number (form)", .tag = "Pages"});
  routes.post("/auth/phone/sms", for_session("factors:write", Access::Login::WithPassword), switch_sms,
              {.name = "page_phone_sms", .summary = "Codes by SMS on or off (form)", .tag = "Pages"});
}

}  // namespace picket::authd
