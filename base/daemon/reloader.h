// Loads the configuration again, one request after the other on a thread of its own, so that neither web
// workers nor the signal thread wait. Shows in metrics and to systemd how it went. The old configuration
// stays in force when anything is wrong.
#pragma once

#include <functional>
#include <string>

#include "base/daemon/service.h"
#include "base/exec/worker_pool.h"
#include "base/http/router.h"
#include "base/http/web_config.h"

namespace picket {

/// All of it outlives the reloader.
struct ReloadParts {
  Service& service;
  WebConfigFile& web;
  const Files& files;
  const Clock& clock;
  Logger& log;
  const DaemonFlags& flags;
  /// Finds the problems of the file without loading it.
  std::function<Result<void>(const DaemonFlags& flags, const Files& files)> check;
};

class Reloader {
 public:
  Reloader(ReloadParts parts, const std::string& prefix, MetricRegistry& registry);

  /// On the caller's thread, at start. The error holds every problem of both files.
  Result<void> load();
  /// Safe from any thread. `done` runs once, on the reload thread; or here, with Unavailable, when too many
  /// requests wait.
  void request(std::function<void(const Result<void>&)> done);
  /// POST and PUT /-/reload.
  AsyncHandler handler();

 private:
  void reload(const std::function<void(const Result<void>&)>& done);
  void show_config(const std::string& text);

  const ReloadParts parts_;
  prometheus::Gauge& successful_;
  prometheus::Gauge& success_time_;
  prometheus::Family<prometheus::Gauge>& config_info_;
  prometheus::Gauge* shown_config_ = nullptr;
  WorkerPool thread_;
};

}  // namespace picket
