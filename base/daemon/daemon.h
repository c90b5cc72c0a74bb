// main() of every daemon: flags, logging, web server, signals, reload, readiness, clean-up in reverse order.
// Routes: / (landing), /metrics, /-/healthy, /-/ready, /-/reload (POST, PUT), /favicon.ico. Signals: TERM and
// INT stop, HUP reloads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/daemon/service.h"
#include "base/metrics/exposition.h"

namespace picket {

// Exit statuses of commands that did not do what they were for.
inline constexpr int kCommandFailed = 1;
inline constexpr int kCommandUsage = 2;

/// What the program does besides being a daemon: `business_exporter query orders --dry-run`.
struct DaemonCommand {
  std::string name;     ///< "query"
  std::string usage;    ///< "query NAME --dry-run"
  std::string summary;  ///< a sentence for --help
  /// Gets the words behind its name; answers the exit status: 0, kCommandFailed or kCommandUsage.
  std::function<int(const std::vector<std::string>& words, const DaemonFlags& flags, Files& files)> run;
};

struct DaemonSpec {
  std::string name;                ///< "health_exporter": program name, log field
  std::string metric_prefix;       ///< "health_exporter": of build_info, http_requests_total, ...
  std::string summary;             ///< one or two sentences for --help and the landing page
  std::string default_listen;      ///< ":9801"
  std::string default_config;      ///< "health.yml"
  std::size_t http_threads = 4;    ///< where handlers run
  std::size_t server_threads = 1;  ///< that serve connections and `quick` routes
  SeriesLimit series_limit;
  std::vector<DaemonCommand> commands{};
  std::vector<web::NavLink> pages{};  ///< in the navigation, behind the start page
  std::string help_footer;            ///< examples for --help
};

using ServiceFactory = std::function<std::unique_ptr<Service>(DaemonContext&)>;
/// --config.check: reads the file as load() would and reports, without starting anything. Prints "ok" or
/// every problem.
using ConfigCheck = std::function<Result<void>(const DaemonFlags& flags, const Files& files)>;

/// Returns the exit status: 0 after an orderly stop, 1 for a config or start error, 2 for wrong flags.
int run_daemon(int argc, char** argv, const DaemonSpec& spec, const ConfigCheck& check_config,
               const ServiceFactory& make_service);

}  // namespace picket
