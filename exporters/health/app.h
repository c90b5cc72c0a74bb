// health_exporter as a Service: the only place that knows every part. run_daemon() loads, starts, reloads and
// stops it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/daemon/service.h"
#include "base/http/client.h"
#include "exporters/health/api/health_api.h"
#include "exporters/health/blackbox/probe_endpoint.h"
#include "exporters/health/engine/engine.h"
#include "exporters/health/exposition/health_collector.h"
#include "exporters/health/history/recorder.h"
#include "exporters/health/probe/prober_registry.h"

namespace picket::health {

class App final : public Service {
 public:
  /// `probers` must outlive it.
  App(DaemonContext& context, const ProberRegistry& probers);
  ~App() override;

  Result<void> load() override;
  Result<void> start() override;
  std::string unready_reason() const override;
  std::optional<web::Page> front_page(const Request& request) const override;
  void stop() override;

 private:
  ProberServices services(std::shared_ptr<const AddressPolicy> policy);

  DaemonContext& context_;
  const ProberRegistry& probers_;
  const Result<sql::Dsn> dsn_;

  // What probers work with; destroyed after the engine.
  EventLoop postgres_loop_;
  EventLoop loop_;
  Resolver resolver_;
  CurlClient http_;
  const std::shared_ptr<MountLanes> mounts_ = std::make_shared<MountLanes>();

  mutable Mutex policy_mutex_;
  std::shared_ptr<const AddressPolicy> policy_ GUARDED_BY(policy_mutex_) =
      std::make_shared<const AddressPolicy>();

  std::unique_ptr<HistoryRecorder> history_;
  std::shared_ptr<Engine> engine_;
  HealthCollector collector_;
  HealthApi api_;
  ProbeEndpoint probe_endpoint_;
  std::atomic<bool> running_{false};
};

/// For --config.check.
Result<void> check_config(const std::string& file, const Files& files, const ProberRegistry& probers);

}  // namespace picket::health
