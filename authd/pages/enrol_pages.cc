// Setting up the authenticator app, as pages: the password again, the QR code, the first code, the backup
// codes.
#include <algorithm>

#include "authd/http/cookies.h"
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/http/renewal.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"

namespace picket::authd {
namespace {

Response ask_password(const Visit& visit, std::string_view problem) {
  Html body = paragraph(
      "Your account needs a second factor: an app on your phone that shows a new code every half minute.");
  if (!problem.empty()) body += alert(problem);
  body += form("/auth/enrol", csrf_field(visit) + account_name(visit.who().username) +
                                  input({.label = "Your password, once more",
                                         .name = "password",
                                         .type = "password",
                                         .autocomplete = "current-password",
                                         .focus = true}) +
                                  button("Continue"));
  body += is_half_login(visit.who()) ? form("/auth/logout", csrf_field(visit) + quiet_button("Log out"))
                                     : link("/auth/account", "Not now");
  return card(visit, {.title = "Authenticator app", .body = body, .status = problem.empty() ? 200 : 403});
}

Response show_offer(const Visit& visit, const TotpOffer& offer) {
  const Html body =
      paragraph(
          "Scan this with your authenticator app, or type the key into it. Then type the code that it "
          "shows.") +
      web::element("div", {{"class", "qr"}}, Html::markup(offer.qr_svg.reveal())) + "\n" +
      paragraph(Html("Key: ") + web::element("code", {{"id", "totp-secret"}}, offer.base32.reveal())) +
      form("/auth/enrol/confirm", csrf_field(visit) +
                                      input({.label = "Code of the app",
                                             .name = "code",
                                             .autocomplete = "one-time-code",
                                             .focus = true,
                                             .numeric = true}) +
                                      button("Confirm"));
  return card(visit, {.title = "Scan the code", .body = body});
}

Response begin(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const Result<void> sure = parts.login.confirm_password(*user, field_of(*form, "password"),
                                                         visit.login_context(SessionMode::Cookie));
  if (!sure && sure.error().kind == ErrorKind::Denied)
    return ask_password(visit, "The password is not right.");
  if (!sure) return trouble(visit, sure.error());
  const Result<TotpOffer> offer = parts.enrolment.begin_totp(*user);
  if (!offer) return trouble(visit, offer.error());
  return show_offer(visit, *offer);
}

Response wrong_code(const Visit& visit) {
  return card(visit, {.title = "Type the code again",
                      .body = alert("That code is not right. Is the clock of your phone?") +
                              form("/auth/enrol/confirm", csrf_field(visit) +
                                                              input({.label = "Code of the app",
                                                                     .name = "code",
                                                                     .autocomplete = "one-time-code",
                                                                     .focus = true,
                                                                     .numeric = true}) +
                                                              button("Confirm")),
                      .status = 403});
}

Html codes_of(const std::vector<std::string>& codes) {
  if (codes.empty()) return {};
  Html out = paragraph(
      "Each of these codes works once, when the phone is not there. They are shown this one time: print "
      "them.");
  Html list;
  for (const std::string& code : codes) list += web::element("li", {}, code) + "\n";
  out += web::element("ul", {{"class", "codes"}, {"id", "backup-codes"}}, list) + "\n";
  return out;
}

/// The session goes on under a new id, with both factors.
Response confirm(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const auto codes =
      parts.enrolment.confirm_totp(*user, field_of(*form, "code"), visit.login_context(SessionMode::Cookie));
  if (!codes && codes.error().kind == ErrorKind::Denied) return wrong_code(visit);
  if (!codes) return trouble(visit, codes.error());
  const Result<Grant> grant = renew(parts, visit, with_second_factor(visit.who().methods));
  if (!grant) return trouble(visit, grant.error());
  Response response = card(visit, {.title = "Second factor is on",
                                   .body = notice("The app is set up.") + codes_of(*codes) +
                                           link("/auth/account", "To the account")});
  give_cookies({.grant = *grant, .must_enrol = false, .device_token = {}}, parts.clock.wall(),
               visit.config->browser, response.headers);
  return response;
}

}  // namespace

void add_enrol_pages(RouteTable& routes) {
  routes.get("/auth/enrol", for_enrolment_code(),
             [](const HttpParts&, Visit& visit) { return ask_password(visit, ""); },
             {.name = "page_enrol", .summary = "Set up the authenticator app (page)", .tag = "Pages"});
  routes.post("/auth/enrol", for_enrolment(), begin,
              {.name = "page_enrol", .summary = "Set up the authenticator app (form)", .tag = "Pages"});
  routes.post(
      "/auth/enrol/confirm", for_enrolment_code(), confirm,
      {.name = "page_enrol_confirm", .summary = "Confirm the authenticator app (form)", .tag = "Pages"});
}

}  // namespace picket::authd
