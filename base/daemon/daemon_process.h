// A daemon that runs: everything that run_daemon() makes, in the order in which it depends on each other.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/crypto/random.h"
#include "base/daemon/cleanup_stack.h"
#include "base/daemon/clock_watch.h"
#include "base/daemon/command_line.h"
#include "base/daemon/daemon.h"
#include "base/daemon/http_metrics.h"
#include "base/daemon/lifecycle.h"
#include "base/daemon/log_collector.h"
#include "base/daemon/process_collector.h"
#include "base/daemon/reloader.h"
#include "base/daemon/signals.h"
#include "base/daemon/task_watch.h"
#include "base/files/files.h"
#include "base/http/server.h"
#include "base/time/timer_thread.h"

namespace picket {

/// Where --web.external-url was not given: the first address that it listens on.
void complete_external_url(DaemonFlags& flags, WebConfigFile& web);

class DaemonProcess {
 public:
  /// What the references name outlives the process.
  DaemonProcess(const DaemonSpec& spec, CommandLine line, const ConfigCheck& check_config,
                const ServiceFactory& make_service);

  /// Until a signal stops it. The exit status.
  int run();

 private:
  Result<void> start();
  Result<void> listen();
  void register_metrics();
  void add_routes();
  void add_landing_routes();
  std::string unready_reason() const;
  static Response answer_held(const std::string& why);
  Response answer_ready(const Request& request) const;
  /// Waits for handlers that outlived their connections, for a while.
  void wait_for_workers();

  const DaemonSpec spec_;
  CommandLine line_;
  const ConfigCheck& check_config_;
  const ServiceFactory& make_service_;

  Signals signals_;  // before any thread
  SystemClock clock_;
  Logger log_;
  RealFiles files_;
  SystemRandom random_;
  TimerThread scheduler_;
  MetricRegistry registry_;
  MetricsHandler metrics_;
  ProcessCollector process_collector_;
  LogCollector log_collector_;
  TaskWatch task_watch_;
  ClockWatch clock_watch_;
  HttpMetrics http_metrics_;
  WebConfigFile web_;
  Router router_;
  WorkerPool pool_;
  std::optional<DaemonContext> context_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Reloader> reloader_;
  Lifecycle lifecycle_;
  std::unique_ptr<Server> server_;
  bool workers_quiet_ = true;
  CleanupStack cleanups_;
};

}  // namespace picket
