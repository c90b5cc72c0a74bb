// /auth/login, the second step and logout, as pages.
#include <algorithm>

#include "authd/http/cookies.h"
#include "authd/http/endings.h"
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"
#include "base/daemon/landing_page.h"
#include "base/text/duration.h"
#include "base/text/escape.h"

namespace picket::authd {
namespace {

std::string redirect_in(const Visit& visit, const std::string& asked) {
  return asked.empty() ? "" : visit.config->safe_redirect(asked).value_or("");
}

/// "https://app.example.org" of "https://app.example.org/x".
std::string origin_of(const std::string& url) {
  const std::size_t host = url.find("://");
  if (host == std::string::npos) return "";
  return url.substr(0, url.find('/', host + 3));
}

std::vector<std::string> targets_of(const std::string& redirect) {
  const std::string origin = origin_of(redirect);
  return origin.empty() ? std::vector<std::string>{} : std::vector<std::string>{origin};
}

struct LoginNote {
  std::string_view problem{};
  std::string username{};
  int status = 401;  ///< of one with a problem
};

Response login_page(const Visit& visit, const std::string& redirect, const LoginNote& note) {
  Html body;
  if (!note.problem.empty()) body += alert(note.problem);
  body += form("/auth/login", input({.label = "User name or email",
                                     .name = "username",
                                     .autocomplete = "username",
                                     .value = note.username,
                                     .focus = true}) +
                                  input({.label = "Password",
                                         .name = "password",
                                         .type = "password",
                                         .autocomplete = "current-password"}) +
                                  hidden("rd", redirect) + button("Log in"));
  body += link("/auth/forgot", "Forgot your password?");
  return card(visit, {.title = "Log in",
                      .body = body,
                      .status = note.problem.empty() ? 200 : note.status,
                      .form_targets = targets_of(redirect)});
}

std::string_view method_label(std::string_view method) {
  if (method == "totp") return "Code of your authenticator app";
  if (method == "email") return "Code from the email";
  if (method == "sms") return "Code from the text message";
  return "Backup code";
}

std::string_view switch_label(std::string_view method) {
  if (method == "totp") return "Use the authenticator app";
  if (method == "email") return "Email me a code";
  if (method == "sms") return "Text me a code";
  return "Use a backup code";
}

/// What the second step's page must remember between two requests.
struct SecondStep {
  std::string challenge{};
  std::vector<std::string> methods{};
  std::string method{};
  std::string redirect{};
  Duration remember_for{};  ///< zero: devices are not remembered
};

std::string joined(const std::vector<std::string>& methods) {
  std::string all;
  for (const std::string& method : methods) all += (all.empty() ? "" : " ") + method;
  return all;
}

Html step_fields(const SecondStep& step, const std::string& method) {
  return hidden("challenge", step.challenge) + hidden("method", method) +
         hidden("methods", joined(step.methods)) + hidden("rd", step.redirect) +
         hidden("remember_for", format_duration(step.remember_for));
}

/// "30 days", "12 hours".
std::string spelled(Duration duration) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(duration).count();
  constexpr std::chrono::hours::rep kDay = 24;
  if (hours >= 2 * kDay && hours % kDay == 0) return fmt::format("{} days", hours / kDay);
  return hours >= 2 ? fmt::format("{} hours", hours) : format_duration(duration);
}

Html remember_field(const SecondStep& step) {
  if (step.remember_for <= Duration::zero()) return {};
  return checkbox("remember", fmt::format("Remember this device for {}", spelled(step.remember_for)));
}

std::string login_path(const std::string& redirect) {
  return redirect.empty() ? "/auth/login" : "/auth/login?rd=" + percent_encode(redirect);
}

Response second_step_page(const Visit& visit, const SecondStep& step, std::string_view problem,
                          int status = 401) {
  Html body;
  if (!problem.empty()) body += alert(problem);
  const bool is_backup = step.method == "backup_code";
  const bool is_sent = step.method == "email" || step.method == "sms";
  if (is_sent && problem.empty())
    body += notice("A code is on its way. If none comes within a minute, ask for another one.");
  body += form("/auth/second-factor", input({.label = method_label(step.method),
                                             .name = "code",
                                             .autocomplete = "one-time-code",
                                             .focus = true,
                                             .numeric = !is_backup}) +
                                          remember_field(step) + step_fields(step, step.method) +
                                          button("Continue"));
  if (is_sent)
    body += form("/auth/second-factor/method",
                 step_fields(step, step.method) + quiet_button("Send another code"));
  for (const std::string& other : step.methods) {
    if (other == step.method) continue;
    body += form("/auth/second-factor/method", step_fields(step, other) + quiet_button(switch_label(other)));
  }
  body += link(login_path(step.redirect), "Back to the login");
  return card(visit, {.title = "Second factor",
                      .body = body,
                      .status = problem.empty() ? 200 : status,
                      .form_targets = targets_of(step.redirect)});
}

Response logged_in(const HttpParts& parts, const Visit& visit, const LoggedIn& login,
                   const std::string& redirect) {
  std::string where = redirect.empty() ? "/auth/account" : redirect;
  if (login.must_enrol) where = "/auth/enrol";
  if (login.grant.user.must_change_password) where = "/auth/password";
  if (const Result<void> ended = end_replaced(parts, visit); !ended) {
    parts.sessions.take_back(login.grant);
    return trouble(visit, ended.error());
  }
  Response response = see_other(where);
  give_cookies(login, parts.clock.wall(), visit.config->browser, response.headers);
  return response;
}

std::string_view refusal_text(const LoginRefused& refusal, std::string_view denied) {
  if (refusal.kind == LoginRefused::Kind::Denied) return denied;
  return "The service is busy. Try again in a few seconds.";
}

bool is_busy(const LoginRefused& refusal) {
  return refusal.kind == LoginRefused::Kind::Busy || refusal.kind == LoginRefused::Kind::Unavailable;
}

int status_of(const LoginRefused& refusal) {
  return is_busy(refusal) ? 503 : 401;
}

/// Says when to come again.
Response when_busy(const LoginRefused& refusal, Response page) {
  if (is_busy(refusal))
    page.headers.set("Retry-After", std::to_string(std::max<long>(1, refusal.retry_after.count())));
  return page;
}

/// A refusal that is not about what was typed. Front has turned the forms of other sites away.
std::optional<Response> page_of(const HttpParts& parts, const Visit& visit, const LoginRefused& refusal) {
  if (refusal.kind != LoginRefused::Kind::Limited) return std::nullopt;
  const GateAnswer& answer = *refusal.turned_away;
  const Response bare = turned_away(answer, parts.clock.wall());
  const std::string text =
      answer.admission == Admission::Blocked
          ? "This network is blocked for a while."
          : fmt::format("Too many logins have failed. Try again in {}.", format_duration(wait_after(answer)));
  Response response = card(visit, {.title = "Not now",
                                   .body = alert(text) + link("/auth/login", "Back to the login"),
                                   .status = bare.status});
  for (const char* name : {"RateLimit", "RateLimit-Policy", "Retry-After"}) {
    if (const std::string* value = bare.headers.find(name)) response.headers.set(name, *value);
  }
  return response;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

Result<SecondStep> step_of(const Visit& visit, Form& form) {
  Result<Form> read = form_of(visit.request);
  if (!read) return fail(read);
  form = std::move(*read);
  SecondStep step{.challenge = field_of(form, "challenge"),
                  .methods = words_of(field_of(form, "methods")),
                  .method = field_of(form, "method"),
                  .redirect = redirect_in(visit, field_of(form, "rd")),
                  .remember_for = parse_duration(field_of(form, "remember_for")).value_or(Duration::zero())};
  constexpr std::array<std::string_view, 4> kKnown{"totp", "email", "sms", "backup_code"};
  const auto known = [&](const std::string& m) { return std::ranges::find(kKnown, m) != kKnown.end(); };
  if (!known(step.method) || !std::ranges::all_of(step.methods, known))
    return fail(ErrorKind::InvalidInput, "the form is not whole");
  return step;
}

/// Of somebody who is logged in: an app would send a login that is not whole back here.
std::string next_of(const Identity& identity, const std::string& redirect) {
  if (is_password_due(identity)) return "/auth/password";
  if (is_half_login(identity)) return "/auth/enrol";
  return redirect.empty() ? "/auth/account" : redirect;
}

Response show_login(const HttpParts&, Visit& visit) {
  const std::string* asked = visit.request.target.param("rd");
  const std::string redirect = redirect_in(visit, asked == nullptr ? "" : *asked);
  if (visit.identity && visit.identity->via == Via::Cookie)
    return see_other(next_of(*visit.identity, redirect));
  return login_page(visit, redirect, {});
}

Response take_login(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return bad_request(form.error().message);
  const std::string redirect = redirect_in(visit, field_of(*form, "rd"));
  recognise(parts, visit, "");
  const LoginOutcome outcome =
      parts.login.begin({.name = field_of(*form, "username"), .password = field_of(*form, "password")},
                        visit.login_context(SessionMode::Cookie));
  if (const auto* login = std::get_if<LoggedIn>(&outcome)) return logged_in(parts, visit, *login, redirect);
  if (const auto* required = std::get_if<SecondFactorRequired>(&outcome)) {
    const SecondStep step{.challenge = required->challenge.reveal(),
                          .methods = required->methods,
                          .method = required->methods.empty() ? "totp" : required->methods.front(),
                          .redirect = redirect,
                          .remember_for = required->remember_for};
    return second_step_page(visit, step, "");
  }
  const LoginRefused& refusal = std::get<LoginRefused>(outcome);
  if (auto page = page_of(parts, visit, refusal)) return std::move(*page);
  const std::string_view wrong = "The user name or the password is not right.";
  return when_busy(refusal, login_page(visit, redirect,
                                       {.problem = refusal_text(refusal, wrong),
                                        .username = field_of(*form, "username"),
                                        .status = status_of(refusal)}));
}

Response take_second_step(const HttpParts& parts, Visit& visit) {
  Form form;
  const Result<SecondStep> step = step_of(visit, form);
  if (!step) return bad_request(step.error().message);
  recognise(parts, visit, "");
  const LoginOutcome outcome = parts.login.complete({.challenge = step->challenge,
                                                     .method = step->method,
                                                     .code = field_of(form, "code"),
                                                     .remember_device = !field_of(form, "remember").empty()},
                                                    visit.login_context(SessionMode::Cookie));
  if (const auto* login = std::get_if<LoggedIn>(&outcome))
    return logged_in(parts, visit, *login, step->redirect);
  if (const auto* refusal = std::get_if<LoginRefused>(&outcome)) {
    if (auto page = page_of(parts, visit, *refusal)) return std::move(*page);
    if (refusal->begin_again)
      return login_page(visit, step->redirect,
                        {.problem = "Too many codes were wrong, or it took too long. Log in again."});
    const std::string_view text = refusal_text(*refusal, "That code is not right, or no longer.");
    return when_busy(*refusal, second_step_page(visit, *step, text, status_of(*refusal)));
  }
  return login_page(visit, step->redirect, {.problem = "Log in again."});
}

/// Another method; a code is sent when it needs one.
Response switch_method(const HttpParts& parts, Visit& visit) {
  Form form;
  const Result<SecondStep> step = step_of(visit, form);
  if (!step) return bad_request(step.error().message);
  if (step->method == "email" || step->method == "sms") {
    const Result<void> sent =
        parts.login.send_code(step->challenge, step->method, visit.login_context(SessionMode::Cookie));
    if (!sent) return trouble(visit, sent.error());
  }
  return second_step_page(visit, *step, "");
}

Response log_out(const HttpParts& parts, Visit& visit) {
  const Result<bool> ended =
      end_session(parts, visit, {.session_id = visit.who().session_id, .owner_id = visit.who().user_id});
  if (!ended) return trouble(visit, ended.error());
  Response response = see_other("/auth/login");
  take_session_cookie(visit.config->browser, response.headers);
  return response;
}

}  // namespace

void add_login_pages(RouteTable& routes) {
  routes.get_plain("/auth/favicon.ico", [](const Request&) { return favicon(); },
                   {.name = "page_icon", .summary = "Icon of the pages", .quick = true, .tag = "Pages"});
  routes.get("/auth/login", for_anyone_or_login(), show_login,
             {.name = "page_login", .summary = "Log in (page)", .on_landing = true, .tag = "Pages"});
  routes.post("/auth/login", for_anyone(), take_login,
              {.name = "page_login", .summary = "Log in (form)", .tag = "Pages"});
  routes.post("/auth/second-factor", for_anyone(), take_second_step,
              {.name = "page_second_factor", .summary = "Second factor (form)", .tag = "Pages"});
  routes.post(
      "/auth/second-factor/method", for_anyone(), switch_method,
      {.name = "page_second_factor_method", .summary = "Another second factor (form)", .tag = "Pages"});
  routes.post("/auth/logout", for_any_login(), log_out,
              {.name = "page_logout", .summary = "Log out (form)", .tag = "Pages"});
}

}  // namespace picket::authd
