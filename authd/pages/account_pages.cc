// /auth/account: who I am, my sessions, devices and keys, my password.
#include <algorithm>

#include "authd/http/cookies.h"
#include "authd/http/endings.h"
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/http/renewal.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr int kSessionsShown = 50;
const std::vector<web::Column> kSeen = {
    "Browser", {"Address", web::Cell::Name}, {"Last seen", web::Cell::Number}, ""};

std::string when(WallTime time) {
  if (time == WallTime{}) return "never";
  const std::string text = format_rfc3339(time);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

/// A form of one button that acts on one thing.
Html act_on(const Visit& visit, std::string_view action, const std::string& id, std::string_view label) {
  return form(action, csrf_field(visit) + hidden("id", id) + quiet_button(label));
}

Result<Html> sessions_of(const HttpParts& parts, const Visit& visit) {
  const auto sessions =
      parts.session_store.list_live(visit.who().user_id, parts.clock.wall(), kSessionsShown);
  if (!sessions) return fail(sessions);
  std::vector<web::Row> rows;
  rows.reserve(sessions->size());
  for (const Session& session : *sessions) {
    const bool is_this = session.id == visit.who().session_id;
    rows.push_back(
        {Html(session.user_agent.empty() ? "unknown" : session.user_agent), Html(session.ip),
         Html(when(session.last_seen_at)),
         is_this ? Html("this one") : act_on(visit, "/auth/account/sessions/end", session.id, "End")});
  }
  return heading("Sessions") + web::table(kSeen, rows, "Sessions");
}

Result<Html> devices_of(const HttpParts& parts, const Visit& visit) {
  const auto devices = parts.devices.list_live(visit.who().user_id, parts.clock.wall());
  if (!devices) return fail(devices);
  if (devices->empty()) return Html{};
  std::vector<web::Row> rows;
  rows.reserve(devices->size());
  for (const Device& device : *devices) {
    rows.push_back({Html(device.name), Html(device.ip), Html(when(device.last_seen_at)),
                    act_on(visit, "/auth/account/devices/forget", device.id, "Forget")});
  }
  return heading("Remembered devices") + web::table(kSeen, rows, "Remembered devices");
}

Result<Html> keys_of(const HttpParts& parts, const Visit& visit) {
  const Result<std::vector<ApiKey>> keys = parts.api_keys.list(visit.who().user_id);
  if (!keys) return fail(keys);
  std::vector<web::Row> rows;
  for (const ApiKey& key : *keys) {
    if (!key.is_live(parts.clock.wall())) continue;
    std::string scopes;
    for (const std::string& scope : key.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    rows.push_back({Html(key.name), Html(scopes), Html(when(key.last_used_at)), Html(when(key.expires_at))});
  }
  if (rows.empty()) return Html{};
  return heading("API keys") + web::table({{"Name", web::Cell::Name},
                                           "Scopes",
                                           {"Last used", web::Cell::Number},
                                           {"Expires", web::Cell::Number}},
                                          rows, "API keys");
}

Result<Html> factors_of(const HttpParts& parts, const Visit& visit) {
  const Result<SecondFactors> factors = parts.factors.find(visit.who().user_id);
  if (!factors) return fail(factors);
  const auto codes = parts.factors.backup_codes(visit.who().user_id);
  if (!codes) return fail(codes);
  const auto left =
      std::ranges::count_if(*codes, [](const auto& code) { return code.used_at == WallTime{}; });
  const Html out = heading("Second factor");
  const Html phone = link("/auth/phone", "Phone number and codes by SMS");
  if (!factors->has_totp())
    return out + paragraph("There is none yet.") + link("/auth/enrol", "Set up an authenticator app") + phone;
  return out +
         paragraph(fmt::format("Authenticator app since {}; {} backup codes left.",
                               when(factors->totp_confirmed_at), left)) +
         phone;
}

Html password_form(const Visit& visit) {
  return form(
      "/auth/account/password",
      csrf_field(visit) + account_name(visit.who().username) +
          input({.label = "Current password",
                 .name = "current",
                 .type = "password",
                 .autocomplete = "current-password"}) +
          input(
              {.label = "New password", .name = "next", .type = "password", .autocomplete = "new-password"}) +
          button("Change the password"));
}

Response show_account(const HttpParts& parts, const Visit& visit, const Html& message) {
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  Html body = message +
              paragraph(fmt::format("{} · {} · {}", user->username, user->email, to_string(user->role))) +
              form("/auth/logout", csrf_field(visit) + quiet_button("Log out"));
  if (!user->email_verified)
    body += paragraph("The mail address is not verified yet.") +
            form("/auth/account/email", csrf_field(visit) + quiet_button("Mail me the link again"));
  for (const auto part : {factors_of, sessions_of, devices_of, keys_of}) {
    const Result<Html> html = part(parts, visit);
    if (!html) return trouble(visit, html.error());
    body += *html;
  }
  body += heading("Password") + password_form(visit);
  return render(visit, {.title = "Your account", .body = body});
}

Response end_one(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const std::string id = field_of(*form, "id");
  const Result<std::optional<Session>> session = parts.session_store.find(id);
  if (!session) return trouble(visit, session.error());
  if (!*session || (*session)->user_id != visit.who().user_id) return not_found("There is no such session.");
  const Result<bool> ended = end_session(parts, visit, {.session_id = id, .owner_id = visit.who().user_id});
  if (!ended) return trouble(visit, ended.error());
  return see_other("/auth/account");
}

Response forget_one(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<bool> revoked = forget_device(parts, visit, field_of(*form, "id"));
  if (!revoked) return trouble(visit, revoked.error());
  return see_other("/auth/account");
}

Response mail_link(const HttpParts& parts, Visit& visit) {
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const Result<void> sent = parts.contacts.mail_link(*user, visit.client);
  if (!sent) return trouble(visit, sent.error());
  return show_account(parts, visit, notice("If it was not sent a moment ago, a link is on its way."));
}

Response password_page(const Visit& visit, const Html& message) {
  return card(visit, {.title = "New password",
                      .body = message + paragraph("An administrator asks you to choose another password.") +
                              password_form(visit) +
                              form("/auth/logout", csrf_field(visit) + quiet_button("Log out"))});
}

Response show_password(const HttpParts&, Visit& visit) {
  return is_password_due(visit.who()) ? password_page(visit, {}) : see_other("/auth/account");
}

/// Where the form was.
Response show_form_again(const HttpParts& parts, const Visit& visit, const Html& message) {
  return is_password_due(visit.who()) ? password_page(visit, message) : show_account(parts, visit, message);
}

std::string password_is_changed(std::int64_t keys) {
  const std::string_view done = "The password is changed. Every other session has ended.";
  if (keys == 0) return std::string(done);
  return fmt::format("{} API keys go on ({}): end those that you do not know.", done, keys);
}

Response change_password(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const Result<User> user = account_of(parts, visit);
  if (!user) return trouble(visit, user.error());
  const Result<PasswordAnswer> answer = parts.recovery.change(
      *user, field_of(*form, "current"), field_of(*form, "next"), visit.login_context(SessionMode::Cookie));
  if (!answer && answer.error().kind == ErrorKind::Denied)
    return show_form_again(parts, visit, alert("The current password is not right."));
  if (!answer) return trouble(visit, answer.error());
  if (!answer->empty()) {
    Html message;
    for (const PasswordObjection& objection : *answer) message += alert(objection.text);
    return show_form_again(parts, visit, message);
  }
  const Result<std::int64_t> keys = keys_that_stay(parts, visit);
  if (!keys) return trouble(visit, keys.error());
  const Result<Grant> grant = renew(parts, visit, visit.who().methods);
  if (!grant) return trouble(visit, grant.error());
  Response response = render(
      visit, {.title = "Done",
              .body = notice(password_is_changed(*keys)) + link("/auth/account", "Back to the account")});
  give_cookies({.grant = *grant, .must_enrol = false, .device_token = {}}, parts.clock.wall(),
               visit.config->browser, response.headers);
  return response;
}

}  // namespace

void add_account_pages(RouteTable& routes) {
  routes.get("/auth/account", for_session(),
             [](const HttpParts& parts, Visit& visit) { return show_account(parts, visit, {}); },
             {.name = "page_account", .summary = "Your account (page)", .on_landing = true, .tag = "Pages"});
  routes.post("/auth/account/sessions/end", for_fresh_session(), end_one,
              {.name = "page_session_end", .summary = "End a session (form)", .tag = "Pages"});
  routes.post("/auth/account/devices/forget", for_session(), forget_one,
              {.name = "page_device_forget", .summary = "Forget a device (form)", .tag = "Pages"});
  routes.get("/auth/password", for_any_login(), show_password,
             {.name = "page_password_due", .summary = "The password must be changed (page)", .tag = "Pages"});
  routes.post("/auth/account/email", for_session(), mail_link,
              {.name = "page_email_link",
               .summary = "Mail the link that verifies the address (form)",
               .tag = "Pages"});
  routes.post("/auth/account/password", for_password_change(), change_password,
              {.name = "page_password", .summary = "Change the password (form)", .tag = "Pages"});
}

}  // namespace picket::authd
