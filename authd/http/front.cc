#include "authd/http/front.h"

#include <algorithm>

#include "authd/http/access_refusal.h"
#include "authd/http/audit_note.h"
#include "authd/http/cookies.h"
#include "authd/http/form_body.h"
#include "authd/http/json_body.h"
#include "authd/http/presented.h"
#include "authd/http/problems.h"
#include "authd/ratelimit/limit_fields.h"
#include "authd/tokens/opaque_token.h"
#include "base/crypto/digest.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kUserAgentMax = 256;
const Error kNotOpen{ErrorKind::Unavailable, "the store is not open yet"};

Result<std::optional<Identity>> somebody(Result<Identity> identity) {
  if (!identity) return fail(identity);
  return std::optional<Identity>(std::move(*identity));
}

/// Of the header, or of a page's form.
std::string csrf_in(const Request& request) {
  const std::string* field = request.headers.find("X-CSRF-Token");
  if (field != nullptr) return *field;
  const Result<Form> form = form_of(request);
  return form ? field_of(*form, "csrf") : "";
}

/// A person sees it when they have logged in anew, or out, since the page was opened.
Response wrong_csrf(const Request& request) {
  if (!is_page(request))
    return forbidden("The CSRF token (X-CSRF-Token, or csrf in a form) is missing or wrong.");
  return Response::problem(
      403, "This form is out of date",
      "It belongs to a login that has ended. Open the page again and send the form once more.");
}

/// The refusal of an owner from elsewhere, and of another site's request that our cookie came along with.
std::optional<Response> objection_to(const HttpParts& parts, const Visit& visit) {
  if (!visit.identity) return std::nullopt;
  if (visit.config->keeps_out(*visit.identity, visit.client))
    return kept_out(parts, visit, visit.identity->user_id);
  if (visit.identity->via != Via::Cookie) return std::nullopt;
  if (is_safe(visit.request.method)) return std::nullopt;
  if (!is_same_origin(visit.request, visit.config->browser.origins))
    return forbidden("This came from another site.");
  if (visit.csrf.empty() || !equal_constant_time(visit.csrf, csrf_in(visit.request)))
    return wrong_csrf(visit.request);
  return std::nullopt;
}

std::string csrf_of(const HttpParts& parts, const Visit& visit) {
  const auto cookie = session_cookie_in(visit.request, visit.config->browser);
  return cookie ? parts.identities.csrf_of(*cookie).reveal() : "";
}

/// Pages hold the CSRF token, and no other origin reads them.
bool is_for_scripts(const Request& request) {
  return !is_page(request);
}

/// What a page of another site loads, sends or frames in the background. The person who looks at that page
/// has not asked for it, so that it must not use up their limits. Links and the scripts that `cors:` allows
/// are none of that. Source: Fetch Metadata (W3C); no script can set these fields.
bool is_embedded(const Request& request, const FrontConfig& config) {
  const std::string site = request.headers.get("Sec-Fetch-Site");
  if (site.empty() || site == "same-origin" || site == "none") return false;
  const std::string mode = request.headers.get("Sec-Fetch-Mode");
  if (mode == "navigate" && request.headers.get("Sec-Fetch-Dest") == "document") return false;
  const bool shows_token =
      request.headers.find("Authorization") != nullptr || request.headers.find("X-API-Key") != nullptr;
  if (shows_token) return false;
  const std::string origin = request.headers.get("Origin");
  return mode != "cors" || std::ranges::find(config.cors.origins, origin) == config.cors.origins.end();
}

/// Nobody but our own pages sends the forms of pages, those of strangers too.
bool is_foreign_form(const Visit& visit) {
  const Request& request = visit.request;
  return !is_for_scripts(request) && !is_safe(request.method) &&
         !is_same_origin(request, visit.config->browser.origins);
}

/// Programs of people show their device in the body; there it is read once more.
std::string device_shown(const Request& request) {
  if (is_page(request) || is_safe(request.method)) return "";
  Result<JsonBody> body = JsonBody::of(request);
  return body ? body->text("device_token") : "";
}

/// Only where a block would stop a stranger it is asked whether the device is a known one.
Caller caller_of(const HttpParts& parts, Visit& visit) {
  Caller caller{.address = visit.client.address,
                .user = visit.identity ? visit.identity->user_id : "",
                .path = visit.request.target.path,
                .key = visit.identity ? visit.identity->key_id : "",
                .key_tier = visit.identity ? visit.identity->tier : "",
                .is_shared = visit.client.is_shared,
                .is_known = visit.identity.has_value()};
  if (!caller.is_known && parts.gate.block_on(caller)) {
    recognise(parts, visit, device_shown(visit.request));
    caller.is_known = parts.known.is_known_somewhere(visit.client);
  }
  return caller;
}

Response dressed(const FrontConfig& config, const Request& request, Response response) {
  config.headers.apply(response);
  if (is_for_scripts(request)) config.cors.apply(request, response);
  return response;
}

}  // namespace

Handler Front::serve(const Access& access, Action action) {
  return [this, access, action = std::move(action)](const Request& request) {
    return answer(request, access, action);
  };
}

std::shared_ptr<const FrontConfig> Front::config() const {
  const MutexLock lock(mutex_);
  return config_;
}

std::shared_ptr<const HttpParts> Front::parts() const {
  const MutexLock lock(mutex_);
  return parts_;
}

void Front::reload(std::shared_ptr<const FrontConfig> config) {
  const MutexLock lock(mutex_);
  config_ = std::move(config);
}

void Front::open(std::shared_ptr<const HttpParts> parts) {
  const MutexLock lock(mutex_);
  parts_.swap(parts);
}

Handler Front::plain(Handler handler) {
  return [this, handler = std::move(handler)](const Request& request) {
    return dressed(*config(), request, handler(request));
  };
}

std::optional<Response> Front::preflight(const Request& request) const {
  const std::shared_ptr<const FrontConfig> config = this->config();
  return config && is_for_scripts(request) ? config->cors.preflight(request) : std::nullopt;
}

Response Front::answer(const Request& request, const Access& access, const Action& action) const {
  return dressed(*config(), request, run(request, access, action));
}

Response Front::run(const Request& request, const Access& access, const Action& action) const {
  const std::shared_ptr<const HttpParts> parts = this->parts();
  if (!parts) return is_page(request) ? failed(*config(), request, kNotOpen) : not_open();
  Visit visit = visit_of(request);
  if (is_embedded(request, *visit.config)) return forbidden("A page of another site has asked for this.");
  const Result<std::optional<Identity>> identity = identity_of(*parts, *visit.config, request);
  if (identity) identify(visit, *identity);
  if (visit.identity && visit.identity->via == Via::Cookie) visit.csrf = csrf_of(*parts, visit);
  const GateAnswer answer = parts->gate.admit(caller_of(*parts, visit));
  const bool is_in = answer.admission == Admission::Admitted || answer.admission == Admission::Exempt;
  if (!is_in) return turned_away(answer, parts->clock.wall());
  const bool is_away = !identity && identity.error().kind != ErrorKind::Denied;
  Response response =
      is_away ? failed(*visit.config, request, identity.error()) : admitted(*parts, visit, access, action);
  set_limit_fields(answer.standings, response.headers);
  if (response.headers.find("Cache-Control") == nullptr) response.headers.set("Cache-Control", "no-store");
  return response;
}

Response Front::failed(const FrontConfig& config, const Request& request, const Error& error) const {
  return is_page(request) ? failure_page_(config, request.target, error) : problem_of(error);
}

Response Front::admitted(const HttpParts& parts, Visit& visit, const Access& access, const Action& action) {
  if (access.anonymous && is_foreign_form(visit)) return forbidden("This came from another site.");
  if (std::optional<Response> objection = objection_to(parts, visit)) {
    if (!access.anonymous) return std::move(*objection);
    visit.identity.reset();  // what everybody may do, they do as a stranger
  }
  const CallerKind caller = caller_of(visit.identity, parts.clock.wall(), visit.config->fresh_for);
  const RouteVerdict verdict = verdict_of(access, caller, visit.identity);
  if (verdict == RouteVerdict::AsStranger) visit.identity.reset();
  const bool is_in = verdict == RouteVerdict::Granted || verdict == RouteVerdict::AsStranger;
  return is_in ? action(parts, visit) : refusal_of(verdict, access, visit);
}

std::optional<std::string> FrontConfig::safe_redirect(const std::string& asked) const {
  const bool is_path = asked.starts_with('/') && !asked.starts_with("//") &&
                       std::ranges::none_of(asked, [](char c) { return c == '\\' || c <= ' '; });
  if (is_path) return asked;
  if (auto here = own.safe(asked)) return here;
  return forward_auth->redirect.allowed.safe(asked);
}

Visit Front::visit_of(const Request& request) const {
  Visit visit{.request = request, .config = config()};
  const ClientOrigin origin =
      visit.config->proxies.origin_of(request.client.address, request.headers.all("X-Forwarded-For"));
  proxies_.note(origin.unlisted_proxy);
  visit.client = {.address = origin.address,
                  .user_agent = truncate(repair_utf8(request.headers.get("User-Agent")), kUserAgentMax),
                  .device_marks = mark_cookie_in(request, visit.config->browser).value_or(""),
                  .is_shared = !origin.unlisted_proxy.empty()};
  return visit;
}

void identify(Visit& visit, const std::optional<Identity>& identity) {
  visit.identity = identity;
  if (!identity || identity->session_id.empty()) return;
  visit.client.session_id = identity->session_id;
  visit.client.session_of = identity->user_id;
}

Result<std::optional<Identity>> identity_of(const HttpParts& parts, const FrontConfig& config,
                                            const Request& request) {
  const std::optional<Presented> presented = presented_in(request, config.browser, *parts.keys.current());
  if (!presented) return std::optional<Identity>();
  switch (presented->via) {
    case Via::ApiKey:
      return somebody(parts.identities.by_api_key(presented->text));
    case Via::AccessToken:
      return somebody(parts.identities.by_access_token(presented->text));
    case Via::Cookie:
      break;
  }
  return somebody(parts.identities.by_cookie(presented->text));
}

std::optional<Result<std::optional<Identity>>> seen_identity_of(const HttpParts& parts,
                                                                const FrontConfig& config,
                                                                const Request& request) {
  const std::optional<Presented> presented = presented_in(request, config.browser, *parts.keys.current());
  if (!presented) return Result<std::optional<Identity>>(std::nullopt);
  std::optional<Result<Identity>> seen;
  switch (presented->via) {
    case Via::ApiKey:
      seen = parts.identities.by_seen_api_key(presented->text);
      break;
    case Via::AccessToken:
      seen = parts.identities.by_seen_token(presented->text);
      break;
    case Via::Cookie:
      seen = parts.identities.by_seen_cookie(presented->text);
      break;
  }
  if (!seen) return std::nullopt;
  return somebody(std::move(*seen));
}

void recognise(const HttpParts& parts, Visit& visit, const std::string& presented) {
  std::string token = presented;
  if (token.starts_with(kDeviceMarkPrefix)) visit.client.device_marks = std::exchange(token, "");
  if (token.empty()) {
    token = device_cookie_in(visit.request, visit.config->browser).value_or("");
  }
  if (!is_opaque_token(token, kDeviceTokenPrefix)) return;
  const Result<std::optional<Device>> device = parts.devices.find_by_token(opaque_token_hash(token));
  if (!device || !*device) return;
  const bool lives = (*device)->revoked_at == WallTime{} && parts.clock.wall() < (*device)->expires_at;
  if (lives) visit.client.device_id = (*device)->id;
}

Response kept_out(const HttpParts& parts, const Visit& visit, const std::string& user_id) {
  // Refused all the same when it cannot be written down.
  [[maybe_unused]] const Result<void> noted = audit(
      parts, visit, {.action = "auth.owner_network", .resource = "user:" + user_id, .result = "denied"});
  return forbidden("Owners may not come from this network.");
}

Response not_open() {
  Response response = Response::problem(503, "Not ready", "The store is not open yet.");
  response.headers.add("Retry-After", "1");
  return response;
}

Response turned_away(const GateAnswer& answer, WallTime now) {
  const bool is_block = answer.admission == Admission::Blocked;
  Response response = is_block
                          ? Response::problem(403, "Blocked", "This network is blocked for a while.")
                          : Response::problem(429, "Too many requests", "Wait as long as Retry-After says.");
  set_limit_fields(answer.standings, response.headers);
  if (answer.block) set_block_fields(*answer.block, now, response.headers);
  return response;
}

}  // namespace picket::authd
