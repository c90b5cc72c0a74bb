#include "base/http/dispatcher.h"

#include <exception>

namespace picket {
namespace {

constexpr std::size_t kMaxChecksPerClient = 8;  // of the 64 that may wait: a stranger cannot take them all

Response busy(std::string_view detail) {
  Response response = Response::problem(503, "Service Unavailable", detail);
  response.headers.add("Retry-After", "1");
  return response;
}

Response unauthorized() {
  Response response = Response::problem(401, "Unauthorized", "");
  response.headers.add("WWW-Authenticate", R"(Basic realm="picket", charset="UTF-8")");
  return response;
}

Response too_many(Duration wait) {
  Response response = Response::problem(429, "Too Many Requests", "");
  const auto whole = std::chrono::ceil<std::chrono::seconds>(wait).count();
  response.headers.add("Retry-After", std::to_string(whole));
  return response;
}

Response no_route(Method method, const std::string& allow) {
  if (allow.empty()) return Response::problem(404, "Not Found", "");
  Response response =
      method == Method::Options ? Response{} : Response::problem(405, "Method Not Allowed", "");
  if (method == Method::Options) response.status = 204;
  response.headers.add("Allow", allow);
  return response;
}

/// Runs the handler on this thread. Whatever it throws is a 500 and a line in the log.
void invoke(const Route& route, Dispatcher::Job& job, Logger& log) {
  try {
    route.handler(std::move(job.request),
                  [pending = job.response](Response r) { pending->send(std::move(r)); });
  } catch (const std::exception& e) {
    log.error("handler failed", {{"handler", route.options.name}, {"error", e.what()}});
    job.response->send(Response::problem(500, "Internal Server Error", ""));
  }
}

}  // namespace

void Dispatcher::dispatch(Job job) {
  const RateLimit limit = parts_.web.current()->rate_limit;
  if (!job.client_key.empty()) {
    const Duration wait = rate_limiter_.take(limit, job.client_key, parts_.clock.mono());
    if (wait > Duration::zero()) {
      parts_.rejected("rate_limit");
      return job.response->send(too_many(wait));
    }
  }
  const std::string* field = job.request.headers.find("Authorization");
  const std::optional<AuthOutcome> known = parts_.web.authenticate_known(field, job.request.user);
  if (!known) return check_password(std::move(job));
  admit(std::move(job), *known);
}

/// False when the client has enough of them under way.
bool Dispatcher::begin_check(const std::string& client) {
  const MutexLock lock(mutex_);
  std::size_t& mine = checking_[client];
  if (mine >= kMaxChecksPerClient) return false;
  ++mine;
  return true;
}

void Dispatcher::end_check(const std::string& client) {
  const MutexLock lock(mutex_);
  if (--checking_[client] == 0) checking_.erase(client);
}

void Dispatcher::check_password(Job job) {
  if (!begin_check(job.client_key)) return admit(std::move(job), AuthOutcome::Busy);
  auto shared = std::make_shared<Job>(std::move(job));
  const bool is_taken = slow_.submit([this, shared] {
    const LoopHandle::Entry entry(shared->loop);
    if (!entry) return;
    run_check(shared);
  });
  if (is_taken) return;
  end_check(shared->client_key);
  admit(std::move(*shared), AuthOutcome::Busy);
}

/// One that waited until its request was over is not worth seconds of a core.
void Dispatcher::run_check(const std::shared_ptr<Job>& job) {
  const bool is_over = job->request.deadline.passed(parts_.clock);
  const std::string* field = job->request.headers.find("Authorization");
  const AuthOutcome outcome = is_over ? AuthOutcome::Busy : parts_.web.authenticate(field, job->request.user);
  end_check(job->client_key);
  if (is_over) return;
  job->loop->post([this, job, outcome] { admit(std::move(*job), outcome); });
}

void Dispatcher::admit(Job job, AuthOutcome outcome) {
  if (outcome == AuthOutcome::Refused) {
    parts_.rejected("auth");
    return job.response->send(unauthorized());
  }
  if (outcome == AuthOutcome::Busy) {
    parts_.rejected("overload");
    return job.response->send(busy("too many passwords to check right now"));
  }
  route(std::move(job));
}

void Dispatcher::route(Job job) {
  const Method method = job.request.method;
  const Target& target = job.request.target;
  if (target.path == "*") return job.response->send(no_route(method, parts_.router.methods()));
  Router::Match match = parts_.router.match(method, target.path);
  if (!match.route && method == Method::Options && !match.allow.empty()) {
    if (auto own = parts_.router.answer_options(job.request)) return job.response->send(std::move(*own));
  }
  if (!match.route) return job.response->send(no_route(method, match.allow));
  job.request.path_params = std::move(match.params);
  job.response->set_handler(match.route->options.name);
  if (match.route->options.quick) return invoke(*match.route, job, parts_.log);
  run(*match.route, std::move(job));
}

void Dispatcher::run(const Route& route, Job job) {
  const std::shared_ptr<PendingResponse> pending = job.response;
  auto shared = std::make_shared<Job>(std::move(job));
  const bool is_taken = parts_.pool.submit([shared, &route, &log = parts_.log] {
    const LoopHandle::Entry entry(shared->loop);
    if (!entry) return;
    shared->response->set_worker(std::this_thread::get_id());
    invoke(route, *shared, log);
    shared->response->set_worker({});
    shared->response.reset();  // the last owner of an unanswered one answers 500
  });
  if (is_taken) return;
  parts_.rejected("overload");
  pending->send(busy("too many requests right now"));
}

}  // namespace picket
