// The part of alertd that needs the database: rules, dispatcher, outbox, delivery, in the order in which data
// flows through them. Made once the database is open; started and stopped once.
#pragma once

#include <memory>

#include "alertd/alert_store.h"
#include "alertd/config/loaded_config.h"
#include "alertd/delivery/delivery_loop.h"
#include "alertd/delivery/lane_threads.h"
#include "alertd/dispatch/dispatcher.h"
#include "alertd/rules/rule_scheduler.h"

namespace picket::alertd {

/// What a configuration gives to the pipeline.
struct AlertPipelineConfig {
  RuleGroups groups;
  RuleSettings settings;
  std::shared_ptr<const DispatchConfig> dispatch;
  DeliveryConfig delivery;
};

struct AlertPipelineMetrics {
  explicit AlertPipelineMetrics(MetricRegistry& registry)
      : rules(registry), dispatch(registry), delivery(registry) {}
  RuleMetrics rules;
  DispatchMetrics dispatch;
  DeliveryMetrics delivery;
};

class AlertPipeline {
 public:
  AlertPipeline(DaemonContext& context, AlertStore store, QueryEngine& engine, AlertPipelineMetrics& metrics,
                const AlertPipelineConfig& config);
  ~AlertPipeline();
  AlertPipeline(const AlertPipeline&) = delete;
  AlertPipeline& operator=(const AlertPipeline&) = delete;

  /// Takes over what the database knows, then evaluates and delivers.
  Result<void> start(const AlertPipelineConfig& config);
  void reload(const AlertPipelineConfig& config);

  std::vector<GroupStatus> rules() const { return scheduler_.status(); }
  std::vector<Dispatcher::GroupStatus> groups() const { return dispatcher_.groups(); }
  AlertsOverview overview(std::size_t most) const { return dispatcher_.overview(most); }
  Outbox& outbox() { return outbox_; }
  /// Why the database takes nothing now, or "".
  std::string store_trouble() const { return dispatcher_.store_trouble(); }

 private:
  void declare(const AlertPipelineConfig& config);
  std::shared_ptr<Notifier> find_notifier(const std::string& integration_id) const;

  DaemonContext& context_;
  AlertPipelineMetrics& metrics_;
  AlertStore store_;
  DeliveryIds ids_;
  Outbox outbox_;
  // Evaluation, flushes and deliveries wait for different peers, so each has threads of its own. Joined
  // first: see the destructor.
  std::unique_ptr<WorkerPool> rule_threads_, flush_thread_, delivery_thread_;
  std::unique_ptr<LaneThreads> lane_threads_;
  Dispatcher dispatcher_;
  DeliveryLoop deliveries_;
  RuleScheduler scheduler_;
};

}  // namespace picket::alertd
