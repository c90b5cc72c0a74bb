// /auth/confirm: the password or a code once more, before what asks for a fresh proof; then back to where the
// browser came from.
#include "authd/http/cookies.h"
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/http/renewal.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"

namespace picket::authd {
namespace {

/// A page of ours.
std::string page_behind(const Visit& visit, const std::string& asked) {
  const std::string path = visit.config->safe_redirect(asked).value_or("");
  return path.starts_with('/') ? path : "/auth/account";
}

Html by_password(const Visit& visit, const std::string& back) {
  return form("/auth/confirm", csrf_field(visit) + hidden("rd", back) + account_name(visit.who().username) +
                                   input({.label = "Password",
                                          .name = "password",
                                          .type = "password",
                                          .autocomplete = "current-password",
                                          .focus = true}) +
                                   button("Continue"));
}

Html by_code(const Visit& visit, const std::string& back) {
  return form("/auth/confirm", csrf_field(visit) + hidden("rd", back) +
                                   input({.label = "Or the code of your authenticator app",
                                          .name = "code",
                                          .autocomplete = "one-time-code",
                                          .numeric = true}) +
                                   button("Continue with the code"));
}

Response confirm_page(const HttpParts& parts, const Visit& visit, const std::string& back,
                      std::string_view problem) {
  const Result<SecondFactors> factors = parts.factors.find(visit.who().user_id);
  if (!factors) return trouble(visit, factors.error());
  Html body = paragraph("Before you go on, show that it is you.");
  if (!problem.empty()) body += alert(problem);
  body += by_password(visit, back);
  if (factors->has_totp()) body += by_code(visit, back);
  return card(visit,
              {.title = "Confirm that it is you", .body = body, .status = problem.empty() ? 200 : 403});
}

Response show_confirm(const HttpParts& parts, Visit& visit) {
  const std::string* asked = visit.request.target.param("rd");
  return confirm_page(parts, visit, page_behind(visit, asked == nullptr ? "" : *asked), "");
}

Response take_confirm(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const std::string back = page_behind(visit, field_of(*form, "rd"));
  const Result<Grant> grant = reauthenticate(
      parts, visit, {.password = field_of(*form, "password"), .code = field_of(*form, "code")});
  if (!grant && grant.error().kind == ErrorKind::Denied)
    return confirm_page(parts, visit, back, "That is not right.");
  if (!grant) return trouble(visit, grant.error());
  Response response = see_other(back);
  give_cookies({.grant = *grant, .must_enrol = false, .device_token = {}}, parts.clock.wall(),
               visit.config->browser, response.headers);
  return response;
}

}  // namespace

void add_confirm_pages(RouteTable& routes) {
  routes.get("/auth/confirm", for_session(), show_confirm,
             {.name = "page_confirm", .summary = "The password or a code again (page)", .tag = "Pages"});
  routes.post("/auth/confirm", for_session(), take_confirm,
              {.name = "page_confirm", .summary = "The password or a code again (form)", .tag = "Pages"});
}

}  // namespace picket::authd
