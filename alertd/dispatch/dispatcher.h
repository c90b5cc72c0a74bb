// From evaluated rules to the outbox: keeps alerts in groups, and at each group's timer decides who is told
// what. Every step is one transaction (rule states with alerts; told with deliveries), so that a crash
// between any two of them loses and repeats nothing. Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alertd/dispatch/alert_book.h"
#include "alertd/dispatch/dispatch_config.h"
#include "alertd/dispatch/dispatch_metrics.h"
#include "alertd/dispatch/flush.h"
#include "alertd/outbox/outbox.h"
#include "alertd/rules/alert_sink.h"
#include "base/exec/worker_pool.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"

namespace picket::alertd {

/// What it leans on; all of it outlives the dispatcher.
struct DispatchParts {
  sql::Database& database;
  Outbox& outbox;
  Scheduler& scheduler;
  WorkerPool& pool;
  DispatchMetrics& metrics;
  Logger& log;
  std::function<void()> on_queued;  ///< called after messages were put into the outbox
};

class Dispatcher final : public AlertSink {
 public:
  explicit Dispatcher(DispatchParts parts);
  ~Dispatcher() override;

  /// Takes alerts and timers over from the database. Before start().
  Result<void> restore(std::shared_ptr<const DispatchConfig> config);
  /// Another configuration: alerts are grouped anew; groups that keep their key keep their timer and what was
  /// told.
  void reload(std::shared_ptr<const DispatchConfig> config) EXCLUDES(mutex_);
  void start();
  void stop();

  Result<void> apply(const GroupResult& result) override EXCLUDES(mutex_);
  /// Flushes every group that is due. One caller at a time does the work; a call meanwhile makes it look
  /// again.
  void flush_due() EXCLUDES(mutex_);

  std::shared_ptr<const DispatchConfig> config() const EXCLUDES(mutex_);
  std::vector<Alert> alerts() const EXCLUDES(mutex_);
  struct GroupStatus {
    std::string key, receiver;
    Labels labels;
    std::vector<Alert> alerts;
    Timestamp next_flush{};
  };
  std::vector<GroupStatus> groups() const EXCLUDES(mutex_);

 private:
  struct Due {
    std::shared_ptr<const DispatchConfig> config;
    std::vector<FlushInput> inputs;
  };
  std::vector<Alert> to_alerts(const GroupResult& result, const std::string& graph_url) const;
  Result<void> write(const GroupResult& result, const std::vector<Alert>& alerts,
                     const std::vector<Placement>& placements);
  Due take_due() EXCLUDES(mutex_);
  bool flush_group(const DispatchConfig& config, const FlushInput& input) EXCLUDES(mutex_);
  std::vector<Alert> held_nowhere_else(const FlushInput& input, const FlushOutput& output) const;
  Result<void> commit(const FlushInput& input, const FlushOutput& output, Timestamp next_flush);
  void settle(const FlushInput& input, const FlushOutput& output, Timestamp next_flush) EXCLUDES(mutex_);
  void store_failed(std::string_view doing, const Error& error);
  void show_open() REQUIRES(mutex_);

  DispatchParts parts_;
  std::atomic<bool> flushing_{false};
  std::atomic<bool> again_{false};
  std::optional<TimerId> timer_;
  mutable Mutex mutex_;
  std::shared_ptr<const DispatchConfig> config_ GUARDED_BY(mutex_);
  AlertBook book_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
