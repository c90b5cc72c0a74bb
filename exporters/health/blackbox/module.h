// A module of blackbox.yml: which prober /probe runs, and how. Immutable. The keys are blackbox_exporter's
// (http, tcp, dns, icmp). A module that asks for what Picket does not have is kept with the place and the
// reason, and never runs as something else; a mistake is a problem of the whole file.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "exporters/health/probers/dns_prober.h"
#include "exporters/health/probers/http_prober.h"
#include "exporters/health/probers/icmp_prober.h"
#include "exporters/health/probers/tcp_prober.h"

namespace picket::health {

enum class ModuleKind { Http, Tcp, Dns, Icmp };

struct Module {
  ModuleKind kind = ModuleKind::Http;
  std::string kind_name = {};  ///< "http", as written
  Duration timeout{};          ///< 0: as long as the scrape allows
  /// Why it cannot be run ("blackbox.yml:21:13: modules.x.prober: ..."), one reason a line; "" when it can.
  std::string not_served = {};
  std::variant<HttpProbeConfig, TcpProbeConfig, DnsProbeConfig, IcmpProbeConfig> settings = {};
};
void read_yaml(MapReader& r, Module& c);

using Modules = std::map<std::string, std::shared_ptr<const Module>>;

/// http_2xx, http_post_2xx, tcp_connect, tcp_tls, icmp: there when no file is named.
Modules default_modules();
/// Reads a blackbox.yml. The error holds every problem.
Result<Modules> load_modules(const std::string& file, const Files& files);
/// What to tell of the modules that cannot be run, one line each.
std::vector<std::string> notes_of(const Modules& modules);

}  // namespace picket::health
