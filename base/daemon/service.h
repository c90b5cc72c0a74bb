// What a daemon is, seen from outside: built from flags, started, reloaded, stopped. run_daemon() does all
// the rest.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto/random.h"
#include "base/exec/worker_pool.h"
#include "base/files/files.h"
#include "base/http/router.h"
#include "base/log/logger.h"
#include "base/metrics/metrics_handler.h"
#include "base/metrics/registry.h"
#include "base/time/scheduler.h"
#include "base/web/layout.h"

namespace picket {

/// Flags of every daemon, in Prometheus style. A flag needs a restart; the file reloads.
struct DaemonFlags {
  std::string config_file;
  std::string storage_path;
  std::string storage_dsn;  ///< "" = SQLite in storage_path
  std::vector<std::string> listen;
  std::string web_config_file;
  std::string external_url;  ///< --web.external-url, or http://<first listen address>
};

/// What a service is given. All of it outlives the service.
struct DaemonContext {
  DaemonFlags flags;
  Logger& log;
  const Clock& clock;
  Scheduler& scheduler;
  Files& files;
  Random& random;
  WorkerPool& pool;          ///< HTTP handlers run here
  Router& router;            ///< add routes in the constructor
  MetricRegistry& registry;  ///< own counters
  MetricsHandler& metrics;   ///< add collectors
  /// The frame of the daemon's pages, for the page at the target.
  std::function<web::Site(const Target& page)> site;
};

class Service {
 public:
  virtual ~Service() = default;
  /// Reads the config file and makes it the one in force, all or nothing; at first called before start(). The
  /// error holds every problem.
  virtual Result<void> load() = 0;
  /// Starts the work. A dead database or an unwritable directory is no error here: it shows in metrics and is
  /// tried again.
  virtual Result<void> start() = 0;
  /// Empty when ready, else why not: the body of /-/ready. Never waits, neither for a database nor for
  /// load(); so do warnings().
  virtual std::string unready_reason() const = 0;
  /// Why /metrics answers 503 for now; "" when it does not. For counters that would stand lower than a scrape
  /// before a restart has seen them. Never waits.
  virtual std::string metrics_hold() const { return {}; }
  /// What an operator should mend although it works: lines behind "ready" of /-/ready?verbose.
  virtual std::vector<std::string> warnings() const { return {}; }
  /// What the page at / shows above its links; nothing: the summary. Runs on the pool; reads what is in
  /// memory and waits for nothing.
  virtual std::optional<web::Page> front_page(const Request& /*request*/) const { return std::nullopt; }
  /// The frame of the pages that say what went wrong; nothing: the daemon's own. As front_page().
  virtual std::optional<web::Site> site(const Target& /*page*/) const { return std::nullopt; }
  /// Stops the work and makes state durable. Called once, after the HTTP server has stopped.
  virtual void stop() = 0;
};

}  // namespace picket
