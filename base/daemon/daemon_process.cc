#include "base/daemon/daemon_process.h"

#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>

#include "base/daemon/landing_page.h"
#include "base/daemon/operator_access.h"
#include "base/daemon/problem_page.h"
#include "base/daemon/startup_memory.h"
#include "base/daemon/systemd.h"
#include "base/daemon/version.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr Duration kDrain = std::chrono::seconds(10);
constexpr std::size_t kHttpQueue = 1024;

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// "http://machine:9801" for ":9801": what people can most likely click.
std::string url_of(std::string_view listen, std::string_view scheme) {
  for (const std::string_view any : {"0.0.0.0:", "[::]:", ":"}) {
    if (listen.starts_with(any))
      return fmt::format("{}://{}:{}", scheme, host_name(), listen.substr(any.size()));
  }
  const bool is_socket = listen.starts_with("unix:") || listen.starts_with("fd:");
  return fmt::format("{}://{}", scheme, is_socket ? host_name() : listen);
}

}  // namespace

DaemonProcess::DaemonProcess(const DaemonSpec& spec, CommandLine line, const ConfigCheck& check_config,
                             const ServiceFactory& make_service)
    : spec_(spec),
      line_(std::move(line)),
      check_config_(check_config),
      make_service_(make_service),
      log_(line_.log, clock_),
      metrics_(spec_.metric_prefix, spec_.series_limit),
      log_collector_(spec_.metric_prefix, log_),
      task_watch_(spec_.metric_prefix, log_),
      clock_watch_(spec_.metric_prefix, scheduler_, registry_, log_),
      http_metrics_(spec_.metric_prefix, registry_),
      web_(line_.flags.web_config_file, files_, random_),
      pool_("http", {spec_.http_threads, kHttpQueue}),
      lifecycle_([this] { reloader_->request([](const Result<void>&) {}); }),
      cleanups_(log_, clock_) {}

int DaemonProcess::run() {
  if (const Result<void> started = start(); !started) {
    signals_.stop();
    fmt::print(stderr, "{}\n", started.error().message);
    return 1;
  }
  lifecycle_.set_running();
  notify_systemd("READY=1");
  log_.info("started", {{"version", version()},
                        {"revision", revision()},
                        {"listen", join(server_->addresses(), ",")},
                        {"config", line_.flags.config_file}});
  release_startup_memory();
  const std::string reason = lifecycle_.wait_for_stop();
  log_.info("stopping", {{"reason", reason}});
  notify_systemd("STOPPING=1");
  cleanups_.run();
  log_.info("stopped", {{"reason", reason}});
  signals_.stop();
  // A handler that still runs uses what the destructors would take away.
  if (!workers_quiet_) std::_Exit(0);
  return 0;
}

Result<void> DaemonProcess::start() {
  register_metrics();
  if (line_.systemd_socket) {
    Result<std::vector<std::string>> sockets = systemd_sockets();
    if (!sockets) return fail(sockets);
    line_.flags.listen = std::move(*sockets);
  }
  complete_external_url(line_.flags, web_);
  context_.emplace(DaemonContext{line_.flags, log_, clock_, scheduler_, files_, random_, pool_, router_,
                                 registry_, metrics_,
                                 [this](const Target& page) { return site_of(spec_, page); }});
  service_ = make_service_(*context_);
  reloader_ = std::make_unique<Reloader>(
      ReloadParts{*service_, web_, files_, clock_, log_, line_.flags, check_config_}, spec_.metric_prefix,
      registry_);
  signals_.listen([this](int signal) { lifecycle_.handle_signal(signal); });
  if (Result<void> loaded = reloader_->load(); !loaded) return loaded;
  add_routes();
  if (Result<void> bound = listen(); !bound) return bound;
  if (const Result<void> started = service_->start(); !started) {
    server_->stop({});
    return fail(started, "cannot start");
  }
  cleanups_.push("service", [this] { service_->stop(); });
  cleanups_.push("reloads", [this] { reloader_.reset(); });
  cleanups_.push("web workers", [this] { wait_for_workers(); });
  cleanups_.push("web server", [this] { server_->stop(kDrain); });
  return {};
}

Result<void> DaemonProcess::listen() {
  ServerConfig config;
  config.listen = line_.flags.listen;
  config.threads = spec_.server_threads;
  ProblemPage page = [this](const Target& target, const Problem& problem) {
    return problem_page(service_->site(target).value_or(site_of(spec_, target)), target, problem);
  };
  server_ = std::make_unique<Server>(
      std::move(config), ServerParts{router_, pool_, web_, log_, http_metrics_.observer(), std::move(page)});
  return server_->start();
}

void DaemonProcess::register_metrics() {
  registry_.gauge(spec_.metric_prefix + "_build_info", "Constant 1, labelled by build.")
      .Add({{"version", std::string(version())},
            {"revision", std::string(revision())},
            {"compiler", std::string(compiler())},
            {"tls_library", tls_library()}})
      .Set(1);
  metrics_.add(registry_);
  metrics_.add(log_collector_);
  metrics_.add(task_watch_);
  metrics_.add(process_collector_);
}

void DaemonProcess::add_routes() {
  router_.get("/metrics",
              [this](const Request& request) {
                if (std::optional<Response> refused = refuse_metrics(request)) return std::move(*refused);
                const std::string hold = service_->metrics_hold();
                return hold.empty() ? metrics_(request) : answer_held(hold);
              },
              {"metrics", "Metrics, for Prometheus", true});
  // On the server's own threads: they answer also while every worker waits for a database.
  router_.get(
      "/-/healthy", [](const Request&) { return Response::text(200, "healthy\n"); },
      {.name = "healthy", .summary = "200 as long as the daemon lives", .on_landing = true, .quick = true});
  router_.get("/-/ready", [this](const Request& request) { return answer_ready(request); },
              {.name = "ready",
               .summary = "200 when it does its work, else 503 and why not; ?verbose: what should be mended",
               .on_landing = true,
               .quick = true});
  router_.post_async("/-/reload", reloader_->handler(), {"reload", "Reads the configuration again", false});
  router_.put_async("/-/reload", reloader_->handler(), {"reload", "Reads the configuration again", false});
  router_.get("/favicon.ico", [](const Request&) { return favicon(); }, {"favicon", "", false});
  add_landing_routes();
}

void DaemonProcess::add_landing_routes() {
  const auto has_root = [this] { return router_.match(Method::Get, "/").route != nullptr; };
  if (has_root()) return;  // a service with pages of its own
  router_.get("/",
              [this](const Request& request) {
                return landing_page(spec_, router_, request.target, service_->front_page(request));
              },
              {"landing", "", false});
}

void complete_external_url(DaemonFlags& flags, WebConfigFile& web) {
  if (!flags.external_url.empty()) return;
  const bool tls = web.reload() && web.current()->tls;  // an error shows at the load
  flags.external_url = url_of(flags.listen.front(), tls ? "https" : "http");
}

Response DaemonProcess::answer_held(const std::string& why) {
  Response response = Response::text(503, why + "\n");
  response.headers.set("Retry-After", "1");
  return response;
}

Response DaemonProcess::answer_ready(const Request& request) const {
  const std::string reason = unready_reason();
  if (!reason.empty()) return Response::text(503, reason + "\n");
  std::string text = "ready\n";
  if (request.target.param("verbose") != nullptr) {
    for (const std::string& warning : service_->warnings()) text += "warning: " + warning + "\n";
  }
  return Response::text(200, text);
}

std::string DaemonProcess::unready_reason() const {
  const std::string reason = lifecycle_.not_running_reason();
  return reason.empty() ? service_->unready_reason() : reason;
}

void DaemonProcess::wait_for_workers() {
  // Each worker takes one of these and keeps it until all have one: then nothing else runs.
  struct Barrier {
    std::mutex mutex;
    std::condition_variable all_here;
    std::size_t missing = 0;
    bool given_up = false;
  };
  const auto barrier = std::make_shared<Barrier>();
  barrier->missing = pool_.threads();
  for (std::size_t i = 0; i < pool_.threads(); ++i) {
    pool_.submit([barrier] {
      std::unique_lock lock(barrier->mutex);
      if (--barrier->missing == 0) barrier->all_here.notify_all();
      barrier->all_here.wait(lock, [&] { return barrier->missing == 0 || barrier->given_up; });
    });
  }
  std::unique_lock lock(barrier->mutex);
  workers_quiet_ = barrier->all_here.wait_for(lock, kDrain, [&] { return barrier->missing == 0; });
  barrier->given_up = true;
  barrier->all_here.notify_all();
  if (!workers_quiet_) log_.warn("requests are still being handled, leaving without them");
}

}  // namespace picket
