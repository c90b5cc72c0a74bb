// From evaluated rules to the outbox: keeps alerts in groups, and at each group's timer decides who is told
// what. Every step is one transaction (rule states with alerts; what targets know with deliveries), so that a
// crash between any two of them loses and repeats nothing. Safe from any thread; flushes and reloads are done
// by one thread at a time.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alertd/dispatch/current_muters.h"
#include "alertd/dispatch/dispatch_config.h"
#include "alertd/dispatch/dispatch_metrics.h"
#include "alertd/dispatch/flush_commit.h"
#include "alertd/dispatch/open_alerts.h"
#include "alertd/dispatch/overview.h"
#include "alertd/outbox/delivery_observer.h"
#include "alertd/outbox/outbox.h"
#include "alertd/rules/alert_sink.h"
#include "base/exec/mutex.h"
#include "base/log/logger.h"
#include "base/time/clock_steps.h"
#include "base/time/scheduler.h"

namespace picket::alertd {

/// What it leans on; all of it outlives the dispatcher.
struct DispatchParts {
  sql::Database& database;
  Outbox& outbox;
  Scheduler& scheduler;
  /// Runs a task on the flush's own thread; false when too many wait.
  std::function<bool(Task)> run;
  DispatchMetrics& metrics;
  Logger& log;
  std::function<void()> on_queued;  ///< called after messages were put into the outbox
};

class Dispatcher final : public AlertSink, public DeliveryObserver {
 public:
  explicit Dispatcher(DispatchParts parts);
  ~Dispatcher() override;

  /// Takes alerts, timers and what targets know over from the database. Before start().
  Result<void> restore(const DispatchConfig& config);
  /// Another configuration, in force as soon as the flush under way is done: alerts are grouped anew; groups
  /// that keep their key keep their timer and what their targets know.
  void reload(std::shared_ptr<const DispatchConfig> config) EXCLUDES(mutex_);
  void start();
  void stop();

  Result<void> apply(const GroupResult& result) override EXCLUDES(mutex_);
  /// Flushes every group that is due. One caller at a time does the work; a call meanwhile makes it look
  /// again.
  void flush_due() EXCLUDES(mutex_);

  Result<void> store_end(sql::Session& session, const Delivery& delivery, bool told) override;
  void ended(const Delivery& delivery, bool told) override EXCLUDES(mutex_);

  std::shared_ptr<const DispatchConfig> config() const EXCLUDES(mutex_);
  struct GroupStatus {
    std::string key, receiver;
    Labels labels;
    std::vector<Alert> alerts;
    Timestamp next_flush{};
  };
  std::vector<GroupStatus> groups() const EXCLUDES(mutex_);
  /// At most `most` alerts and groups; the counts are of all.
  AlertsOverview overview(std::size_t most) const EXCLUDES(mutex_);
  /// Why the database takes nothing: the last transaction failed. "" when it did not.
  std::string store_trouble() const EXCLUDES(mutex_);

 private:
  struct Ended {
    std::string group_key, integration, target, delivery;
    bool told = false;
  };

  Result<void> write(const GroupResult& result, const std::vector<Alert>& alerts,
                     const std::vector<Placement>& new_groups, Timestamp now);
  void ask_for_flush();
  void round();
  void take_reload() EXCLUDES(mutex_);
  void follow_clock() EXCLUDES(mutex_);
  void take_ended() EXCLUDES(mutex_);
  void prepare(const std::shared_ptr<const DispatchConfig>& config, const std::string& key,
               std::vector<PreparedFlush>& batch) EXCLUDES(mutex_);
  /// Whether memory knows of a group what the database has.
  bool read_again(const std::string& key) EXCLUDES(mutex_);
  std::optional<FlushInput> take(const std::string& key) const EXCLUDES(mutex_);
  void find_homeless(std::span<PreparedFlush> batch) const EXCLUDES(mutex_);
  Result<void> store(std::span<PreparedFlush> batch) EXCLUDES(mutex_);
  /// Whether messages were queued.
  bool commit(std::vector<PreparedFlush>& batch) EXCLUDES(mutex_);
  bool settle(const PreparedFlush& prepared) EXCLUDES(mutex_);
  void report(const FlushOutput& output);
  void store_works() EXCLUDES(mutex_);
  void store_failed(std::string_view doing, const Error& error) EXCLUDES(mutex_);
  void show_open() REQUIRES(mutex_);

  DispatchParts parts_;
  std::optional<TimerId> timer_;
  std::atomic<bool> again_{false};
  std::atomic<bool> flushing_{false};
  std::atomic<bool> asked_{false};

  CurrentMuters muters_;                        // touched by flushes alone
  std::set<std::string> doubtful_;              // groups whose last commit failed, perhaps after it was done
  ClockSteps clock_steps_;                      // touched by flushes alone
  Duration unstored_step_{};                    // of the wall clock, that the database does not know yet
  std::vector<KnownIntegration> integrations_;  // as stored; touched by restore() and flushes

  mutable Mutex mutex_;
  std::shared_ptr<const DispatchConfig> config_ GUARDED_BY(mutex_);
  std::shared_ptr<const DispatchConfig> next_config_ GUARDED_BY(mutex_);
  OpenAlerts open_ GUARDED_BY(mutex_);
  std::vector<Ended> ended_ GUARDED_BY(mutex_);
  std::string store_trouble_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
