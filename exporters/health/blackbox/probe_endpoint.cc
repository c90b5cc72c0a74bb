#include "exporters/health/blackbox/probe_endpoint.h"

#include <algorithm>
#include <cmath>

#include "base/metrics/exposition.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"
#include "exporters/health/blackbox/probe_families.h"

namespace picket::health {
namespace {

constexpr std::string_view kScrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds";

std::string param(const Request& request, std::string_view name) {
  const std::string* value = request.target.param(name);
  return value == nullptr ? "" : *value;
}

/// blackbox_exporter takes "example.org" for http and completes it.
std::string complete_target(const Module& module, const std::string& target) {
  if (module.kind == ModuleKind::Http && !target.starts_with("http://") && !target.starts_with("https://"))
    return "http://" + target;
  if (module.kind == ModuleKind::Dns && !HostPort::parse(target)) return target + ":53";
  return target;
}

std::shared_ptr<Prober> make_prober(const std::shared_ptr<const Module>& module,
                                    const ProberServices& services) {
  const auto part = [&]<class C>(const C& settings) { return std::shared_ptr<const C>(module, &settings); };
  switch (module->kind) {
    case ModuleKind::Http:
      return std::make_shared<HttpProber>(part(std::get<HttpProbeConfig>(module->settings)), services);
    case ModuleKind::Tcp:
      return std::make_shared<TcpProber>(part(std::get<TcpProbeConfig>(module->settings)), services);
    case ModuleKind::Dns:
      return std::make_shared<DnsProber>(part(std::get<DnsProbeConfig>(module->settings)), services);
    case ModuleKind::Icmp:
      return std::make_shared<IcmpProber>(part(std::get<IcmpProbeConfig>(module->settings)), services);
  }
  return nullptr;
}

/// What speaks against `hostname` for the module, or "".
std::string refused_hostname(const Module& module, const std::string& hostname) {
  if (module.kind != ModuleKind::Http || hostname.empty()) return "";
  const std::string* own = std::get<HttpProbeConfig>(module.settings).http.headers.find("Host");
  if (own == nullptr || *own == hostname) return "";
  return fmt::format("The module has the Host header {}, the parameter hostname says {}\n", *own, hostname);
}

std::string debug_text(const ProbeResult& result, const std::string& metrics) {
  const std::string why =
      result.success ? "" : fmt::format("failed ({}): {}\n", to_string(result.reason), result.detail);
  return fmt::format("probe {} after {:.6f} s\n{}\nMetrics that would have been returned:\n{}",
                     result.success ? "succeeded" : "failed", seconds(result.duration), why, metrics);
}

}  // namespace

Result<Duration> probe_timeout(const std::string* scrape_timeout_seconds, Duration module_timeout) {
  constexpr Duration kLeast = std::chrono::milliseconds(100), kMost = std::chrono::minutes(2);
  constexpr Duration kOffset = std::chrono::milliseconds(500);
  const Duration limit = module_timeout > Duration::zero() ? std::min(module_timeout, kMost) : kMost;
  if (scrape_timeout_seconds == nullptr || scrape_timeout_seconds->empty()) return limit;
  const Result<double> scrape = parse_double(*scrape_timeout_seconds);
  if (!scrape || std::isnan(*scrape)) {
    return fail(ErrorKind::InvalidInput, fmt::format("{} must be a number of seconds", kScrapeTimeout));
  }
  if (*scrape <= 0) return limit;
  const Duration allowed = from_seconds(std::min(*scrape, seconds(kMost))) - kOffset;
  return std::clamp(std::min(allowed, limit), kLeast, kMost);
}

void ProbeEndpoint::set_modules(Modules modules) {
  auto shared = std::make_shared<const Modules>(std::move(modules));
  const MutexLock lock(mutex_);
  modules_ = std::move(shared);
}

std::shared_ptr<const Modules> ProbeEndpoint::modules() const {
  const MutexLock lock(mutex_);
  return modules_;
}

void ProbeEndpoint::add_routes(Router& router) {
  router.get_async(
      "/probe", [this](const Request& request, const Responder& respond) { probe(request, respond); },
      {.name = "probe", .summary = "Probe a target now: /probe?target=https://example.org&module=http_2xx"});
}

void ProbeEndpoint::probe(const Request& request, const Responder& respond) {
  std::string name = param(request, "module");
  if (name.empty()) name = "http_2xx";
  const std::shared_ptr<const Modules> all = modules();
  const auto found = all->find(name);
  if (found == all->end()) {
    std::vector<std::string> names;
    for (const auto& [known, module] : *all) names.push_back(known);
    return respond(
        Response::text(400, fmt::format("Unknown module \"{}\"{}\n", name, did_you_mean(name, names))));
  }
  if (!found->second->not_served.empty()) {
    return respond(Response::text(
        400, fmt::format("The module \"{}\" is not served:\n{}\n", name, found->second->not_served)));
  }
  const std::string target = param(request, "target");
  if (target.empty()) return respond(Response::text(400, "Target parameter is missing\n"));
  const std::shared_ptr<const Module> module = found->second;
  const std::string hostname = param(request, "hostname");
  if (const std::string why = refused_hostname(*module, hostname); !why.empty())
    return respond(Response::text(400, why));
  const ProberServices services = services_();
  const Result<Duration> timeout = probe_timeout(request.headers.find(kScrapeTimeout), module->timeout);
  if (!timeout) return respond(Response::text(400, timeout.error().message + "\n"));
  const std::shared_ptr<Prober> prober = make_prober(module, services);
  const bool debug = param(request, "debug") == "true";
  prober->probe({complete_target(*module, target), hostname}, Deadline::after(services.clock(), *timeout),
                [prober, module, debug, respond](const ProbeResult& result) {
                  std::string metrics = probe_metrics(*module, result);
                  if (debug) return respond(Response::text(200, debug_text(result, metrics)));
                  Response response = Response::text(200, std::move(metrics));
                  response.headers.set("Content-Type", std::string(content_type(ExpositionFormat::Text004)));
                  respond(std::move(response));
                });
}

}  // namespace picket::health
