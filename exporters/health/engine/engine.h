// Runs the checks: each at its interval, never two runs of one check at a time, a bounded number in all;
// turns results into states and events. Safe from any thread. Make it with std::make_shared: results that
// come late find out that it is gone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/exec/mutex.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"
#include "exporters/health/engine/check_record.h"
#include "exporters/health/engine/engine_metrics.h"
#include "exporters/health/engine/run_queue.h"
#include "exporters/health/engine/waiting_line.h"
#include "exporters/health/history/recorder.h"

namespace picket::health {

struct HeartbeatReport {
  State state = State::Operational;  ///< operational, degraded or down
  std::string message;
  std::optional<Duration> ttl = std::nullopt;  ///< instead of the configured one
  std::optional<Duration> latency = std::nullopt;
};

using ProberFactory = std::function<std::shared_ptr<Prober>(const CheckConfig&)>;

class Engine final : public HistorySource, public std::enable_shared_from_this<Engine> {
 public:
  using EventSink = std::function<void(Event)>;
  Engine(Scheduler& scheduler, MetricRegistry& registry, Logger& log, EventSink sink);
  ~Engine() override;

  /// Makes `config` the one in force: checks of the same name keep their state, new ones begin, others go.
  void apply(std::shared_ptr<const HealthConfig> config, const ProberFactory& make_prober);
  void start();
  /// No run starts any more, and what is under way is not counted. Idempotent.
  void stop();

  WallTime wall() const { return scheduler_.clock().wall(); }
  /// At most a second old; newer than the last change of a state.
  std::shared_ptr<const Snapshot> snapshot();
  /// NotFound, or Conflict when the check is probed.
  Result<void> heartbeat(std::string_view name, const HeartbeatReport& report);

  void restore(std::vector<SavedCheck> saved) override;
  std::vector<SavedCheck> save(std::size_t first, std::size_t count) override;

 private:
  using RecordPtr = std::shared_ptr<CheckRecord>;
  struct Run {
    RecordPtr record;
    std::shared_ptr<Prober> prober;
    ProbeTarget target;
    Deadline deadline;
  };

  void on_due();
  void enqueue_due(MonoTime now) REQUIRES(mutex_);
  void plan_next(std::size_t index, MonoTime now) REQUIRES(mutex_);
  void arm(MonoTime now) REQUIRES(mutex_);
  void first_runs(MonoTime now) REQUIRES(mutex_);
  void replace_records(const HealthConfig& config, const ProberFactory& make_prober, Moment now)
      REQUIRES(mutex_);
  /// Starts what waits, as far as there are free slots.
  void start_waiting();
  std::optional<Run> next_run() REQUIRES(mutex_);
  void finished(const RecordPtr& record, const ProbeResult& result);
  /// Every second: maintenance, flapping, heartbeats, probers that do not answer.
  void tick();
  void watch_record(CheckRecord& record, Moment now, std::vector<ServiceNews>& news) REQUIRES(mutex_);
  /// To the log, and changes of a state to the sink. Not under the lock.
  void tell(std::vector<ServiceNews> news);
  Moment now() const { return Moment::of(scheduler_.clock()); }

  // Constant after construction.
  Scheduler& scheduler_;
  Logger& log_;
  const EventSink sink_;
  EngineMetrics metrics_;

  Mutex mutex_;
  std::shared_ptr<const HealthConfig> config_ GUARDED_BY(mutex_);
  std::vector<RecordPtr> records_ GUARDED_BY(mutex_);
  std::map<std::string, RecordPtr, std::less<>> by_name_ GUARDED_BY(mutex_);
  std::map<std::string, SavedCheck, std::less<>> parked_ GUARDED_BY(mutex_);  ///< of checks not in the config
  RunQueue queue_ GUARDED_BY(mutex_);
  WaitingLine waiting_ GUARDED_BY(mutex_);
  bool started_ GUARDED_BY(mutex_) = false;
  TimerId due_timer_ GUARDED_BY(mutex_){};
  MonoTime armed_for_ GUARDED_BY(mutex_) = MonoTime::max();
  MonoTime last_due_ GUARDED_BY(mutex_){};
  TimerId tick_timer_ GUARDED_BY(mutex_){};
  std::vector<std::weak_ptr<const Snapshot>> snapshots_ GUARDED_BY(mutex_);  ///< that are in use, newest last
  MonoTime snapshot_taken_ GUARDED_BY(mutex_){};
  bool snapshot_is_old_ GUARDED_BY(mutex_) = true;
};

}  // namespace picket::health
