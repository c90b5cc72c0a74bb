#include "authd/http/verify_route.h"

#include <array>

#include "authd/forward_auth/decision.h"
#include "authd/forward_auth/original_request.h"
#include "authd/http/attack_note.h"
#include "authd/http/problems.h"
#include "base/text/escape.h"

namespace picket::authd {
namespace {

constexpr std::string_view kEnvoyPrefix = "/api/v1/auth/envoy";

const prometheus::Histogram::BucketBoundaries& buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds{
      0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1, 1};
  return bounds;
}

/// A proxy is told yes or no; people are led to the login by what the proxy does with a 401, or by Location.
struct Ruling {
  std::string_view label;  ///< of the metric
  Response response;
};

Ruling refused(std::string_view label, int status, std::string_view title) {
  return {label, Response::problem(status, title, "")};
}

/// Browsers behind Traefik and Caddy, which hand our answer through, go to the login page.
Response login_answer(const Visit& visit, const OriginalRequest& original) {
  Response response = unauthorized();
  const std::string& login = visit.config->forward_auth->redirect.login_url;
  if (login.empty()) return response;
  response.headers.set("Location", login + "?rd=" + percent_encode(original.url()));
  const bool is_handed_through = visit.request.headers.find("X-Forwarded-Uri") != nullptr;
  const bool is_page = visit.request.headers.get("Accept").find("text/html") != std::string::npos;
  if (is_handed_through && is_page && original.method == "GET") response.status = 303;
  return response;
}

/// Always with all four fields, empty for nobody: Caddy and Envoy leave what the client sent, or worse, in
/// place of a field that the answer lacks.
Response admitted(const HttpParts& parts, const Visit& visit, const OriginalRequest& original,
                  bool shows_identity, IdentityTokens& tokens) {
  Response response{.status = 200};
  for (const char* name : {"Remote-User", "Remote-Role", "Remote-User-Id", "X-Picket-Identity"})
    response.headers.set(name, "");
  if (!visit.identity || !shows_identity) return response;
  const Identity& who = *visit.identity;
  response.headers.set("Remote-User", name_for_apps(who));
  response.headers.set("Remote-Role", std::string(to_string(who.role)));
  response.headers.set("Remote-User-Id", who.user_id);
  const auto ring = parts.keys.current();
  response.headers.set("X-Picket-Identity",
                       tokens.token_for(who, {visit.config->issuer, original.authority.text()},
                                        ring->active().key, parts.clock.wall()));
  return response;
}

/// What of it the limits count: nothing at what is public.
GateAnswer admit(const HttpParts& parts, const Visit& visit, const OriginalRequest& original,
                 const AccessDecision& decision) {
  const bool is_known = visit.identity || parts.known.is_known_somewhere(visit.client);
  return parts.gate.admit({.address = visit.client.address,
                           .user = visit.identity ? visit.identity->user_id : "",
                           .path = original.path,
                           .key = visit.identity ? visit.identity->key_id : "",
                           .key_tier = visit.identity ? visit.identity->tier : "",
                           .is_shared = visit.client.is_shared,
                           .is_known = is_known,
                           .use = TierUse::ForwardAuth},
                          decision.reason == AccessReason::Public ? 0 : 1);
}

Ruling rule(const HttpParts& parts, const Visit& visit, const OriginalRequest& original,
            IdentityTokens& tokens) {
  const Identity* identity = visit.identity ? &*visit.identity : nullptr;
  const AccessDecision decision =
      decide(original, identity, visit.client.address, visit.config->forward_auth->access);
  const GateAnswer answer = admit(parts, visit, original, decision);
  if (answer.admission == Admission::Blocked || answer.admission == Admission::Limited)
    return {to_string(answer.admission), turned_away(answer, parts.clock.wall())};
  const std::string_view label = to_string(decision.verdict);
  switch (decision.verdict) {
    case AccessVerdict::Allow:
      return {label, admitted(parts, visit, original, decision.shows_identity, tokens)};
    case AccessVerdict::Unauthenticated:
    case AccessVerdict::NeedsSecondFactor:
      return {label, login_answer(visit, original)};
    case AccessVerdict::Forbidden:
      break;
  }
  return refused(label, 403, "Forbidden");
}

/// Counts and logs what was found; true when it is to be blocked.
bool reported(const HttpParts& parts, VerifyMetrics& metrics, const RequestFilter::Finding& finding,
              const AttackScene& scene) {
  for (const AttackMatch& match : finding.matches) metrics.attack(to_string(match.kind));
  note_attack(parts.log, finding, scene);
  return finding.is_blocked;
}

bool is_attack(const HttpParts& parts, const Visit& visit, const OriginalRequest& original,
               VerifyMetrics& metrics) {
  return reported(parts, metrics, visit.config->filter->look_at(original),
                  {.client = visit.client.address,
                   .user = visit.identity ? std::string_view(visit.identity->user_id) : "",
                   .method = original.method,
                   .host = original.authority.host,
                   .path = original.raw_path});
}

/// Refused whatever is in it; but most addresses that climb out of a folder are of this kind.
void look_at_malformed(const HttpParts& parts, const Visit& visit, std::string_view url,
                       VerifyMetrics& metrics) {
  reported(parts, metrics, visit.config->filter->look_at_text(url),
           {.client = visit.client.address, .path = url.substr(0, url.find('?'))});
}

/// Where an answer may come from: the server's own threads must not wait for anything.
enum class Reach : std::uint8_t { Memory, Anywhere };

struct Question {
  const Request& request;
  Result<OriginalRequest> original;
  Reach reach = Reach::Anywhere;
};

// What is longer keeps the request filter busy for too long on the server's own threads.
constexpr std::size_t kQuickUrl = 2048;

/// Nothing where memory does not tell.
std::optional<Result<std::optional<Identity>>> who_asks(const HttpParts& parts, const Visit& visit,
                                                        const Question& question) {
  if (question.reach == Reach::Anywhere) return identity_of(parts, *visit.config, visit.request);
  const bool is_long = question.original->raw_path.size() + question.original->query.size() > kQuickUrl;
  if (is_long || parts.limits_are_remote) return std::nullopt;
  return seen_identity_of(parts, *visit.config, visit.request);
}

/// Nothing where it would have to reach further than it may; then nothing was counted either.
std::optional<Ruling> judge(const HttpParts& parts, Visit& visit, const Question& question,
                            const VerifyParts& own) {
  if (!question.original) {
    const std::string_view url = sent_url(question.request);
    if (question.reach == Reach::Memory && url.size() > kQuickUrl) return std::nullopt;
    look_at_malformed(parts, visit, url, own.metrics);
    return refused("malformed", 403, "Forbidden");
  }
  const OriginalRequest& original = *question.original;
  const auto identity = who_asks(parts, visit, question);
  if (!identity) return std::nullopt;
  if (*identity) identify(visit, **identity);
  if (is_attack(parts, visit, original, own.metrics)) return refused("attack", 403, "Forbidden");
  if (!*identity && identity->error().kind != ErrorKind::Denied)
    return Ruling{"unavailable", problem_of(identity->error())};
  return rule(parts, visit, original, own.tokens);
}

std::optional<Response> answer(const Front& front, const VerifyParts& own, const Question& question) {
  const std::shared_ptr<const HttpParts> parts = front.parts();
  if (!parts) return not_open();
  const MonoTime began = parts->clock.mono();
  Visit visit = front.visit_of(question.request);
  std::optional<Ruling> ruling = judge(*parts, visit, question, own);
  if (!ruling) return std::nullopt;
  own.metrics.decided(ruling->label, parts->clock.mono() - began);
  ruling->response.headers.set("Cache-Control", "no-store");
  // Some proxies hand a refusal through to the browser, under the app's name: nothing that outlives it is
  // said.
  ruling->response.headers.set("X-Content-Type-Options", "nosniff");
  return std::move(ruling->response);
}

Response overloaded() {
  Response response = Response::problem(503, "Busy", "Too many questions need the store right now.");
  response.headers.add("Retry-After", "1");
  return response;
}

using Reader = Result<OriginalRequest> (*)(const Request&);

/// Answers at once, on a server's own thread, what memory alone answers; a worker does the rest. So a flood
/// of logins, which keeps the workers waiting, does not delay those who are logged in.
AsyncHandler asked(Front& front, const VerifyParts& own, Reader read) {
  return [&front, own, read](Request request, const Responder& respond) {
    if (auto quick = answer(front, own, {request, read(request), Reach::Memory}))
      return respond(std::move(*quick));
    const auto shared = std::make_shared<const Request>(std::move(request));
    const bool is_taken = own.pool.submit([&front, own, read, shared, respond] {
      respond(*answer(front, own, {*shared, read(*shared), Reach::Anywhere}));
    });
    if (!is_taken) respond(overloaded());
  };
}

Result<OriginalRequest> read_fields(const Request& request) {
  return read_original(request.headers);
}

Result<OriginalRequest> read_whole(const Request& request) {
  return read_envoy(request, kEnvoyPrefix);
}

/// The rules of the configuration decide about all kinds of callers.
constexpr Access kByRule{.anonymous = true,
                         .half_login = true,
                         .password_due = true,
                         .session = Access::Login::Any,
                         .programs = Access::Programs::Any};

// Every answer that there is.
constexpr std::array<std::string_view, 9> kDecisions{"allow",       "unauthenticated", "needs_second_factor",
                                                     "forbidden",   "malformed",       "attack",
                                                     "unavailable", "limited",         "blocked"};

}  // namespace

VerifyMetrics::VerifyMetrics(MetricRegistry& registry)
    : attacks_(registry.counter("authd_request_filter_matches_total",
                                "Attack patterns found in requests that proxies asked about, by class.")) {
  auto& durations = registry.histogram("authd_forward_auth_duration_seconds",
                                       "Time to answer a proxy's question, by the answer.");
  for (const std::string_view decision : kDecisions) {
    const std::string label(decision);
    durations_.emplace(label, &durations.Add({{"decision", label}}, buckets()));
  }
}

void VerifyMetrics::decided(std::string_view decision, Duration took) {
  const auto found = durations_.find(decision);
  check(found != durations_.end(), "a decision that is not counted");
  found->second->Observe(std::chrono::duration<double>(took).count());
}

void VerifyMetrics::attack(std::string_view attack_class) {
  attacks_.Add({{"class", std::string(attack_class)}}).Increment();
}

void add_verify_routes(RouteTable& routes, const VerifyParts& parts) {
  routes.get_async("/api/v1/auth/verify", kByRule, asked(routes.front(), parts, read_fields),
                   {.name = "verify",
                    .summary = "Forward-auth for nginx, Traefik and Caddy: may this request pass",
                    .quick = true,
                    .tag = "Forward-auth"});
  routes.get_async(fmt::format("{}/{{path...}}", kEnvoyPrefix), kByRule,
                   asked(routes.front(), parts, read_whole),
                   {.name = "verify_envoy",
                    .summary = "Forward-auth for Envoy's ext_authz",
                    .quick = true,
                    .tag = "Forward-auth"});
}

}  // namespace picket::authd
