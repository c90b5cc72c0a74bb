// Runs the posture scans: each target at its interval, spread by chance, never two scans of one target at a
// time, a few in all. Keeps each target's last result, tells what came and went. Safe from any thread. Make it
// with std::make_shared: results that come late find out that it is gone.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto/random.h"
#include "base/exec/mutex.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"
#include "exporters/security/posture/findings_file.h"
#include "exporters/security/posture/observation.h"
#include "exporters/security/posture/posture_events.h"
#include "exporters/security/posture/scan_config.h"
#include "exporters/security/posture/scan_result.h"

namespace picket::security {

/// Of one target, for the exposition and the pages.
struct ScanStatus {
  std::shared_ptr<const ScanConfig> config;
  std::shared_ptr<const ScanResult> result;  ///< of the last scan that finished; null: none has
  bool scanned = false;                      ///< a scan has ended, well or not
  bool success = false;                      ///< the last scan finished
  std::string error;                         ///< why it did not
  Duration duration{};                       ///< of the last scan that ended
  OpenFindings open;
};
struct PostureSnapshot {
  std::vector<ScanStatus> targets;  ///< in the configuration's order
};

class Scanner : public std::enable_shared_from_this<Scanner> {
 public:
  using Collect = std::function<void(std::shared_ptr<const ScanConfig>, Deadline,
                                     std::function<void(Result<Observation>)>)>;
  using EventSink = std::function<void(SecurityEvent)>;
  struct Services {
    Scheduler& scheduler;
    Random& random;
    Logger& log;
    Collect collect;  ///< Collector::collect
    EventSink sink;
    /// Called with what has been found before it is told, one at a time.
    std::function<void(const FindingsByTarget&)> save{};
  };
  explicit Scanner(Services services);
  ~Scanner();
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  /// What was open at the end of the last run. Before apply().
  void take_up(FindingsByTarget open);
  /// Targets of the same name keep their results and their turn; others begin or go.
  void apply(std::vector<ScanConfig> scans);
  void start();
  /// No scan starts any more, and what is under way is not counted. Idempotent.
  void stop();
  std::shared_ptr<const PostureSnapshot> snapshot() const;

 private:
  struct Target {
    ScanStatus status;
    MonoTime due{};    ///< of the next scan
    Duration retry{};  ///< how long after a failure; zero: the last scan finished
    bool planned = false, waiting = false, running = false, removed = false;
  };
  using TargetPtr = std::shared_ptr<Target>;
  struct Start {
    TargetPtr target;
    std::shared_ptr<const ScanConfig> config;
    MonoTime at{};
  };

  void plan_first(Target& target, MonoTime now) REQUIRES(mutex_);
  void plan_retry(Target& target) REQUIRES(mutex_);
  void arm() REQUIRES(mutex_);
  void on_due();
  void start_waiting();
  std::optional<Start> next_start() REQUIRES(mutex_);
  void ended(const Start& start, const Result<Observation>& seen);
  std::vector<SecurityEvent> keep(Target& target, const Start& start, const Result<Observation>& seen)
      REQUIRES(mutex_);
  FindingsByTarget open_findings() const REQUIRES(mutex_);

  const Services services_;
  mutable Mutex mutex_;
  std::vector<TargetPtr> targets_ GUARDED_BY(mutex_);
  std::vector<TargetPtr> leaving_ GUARDED_BY(mutex_);  ///< removed while a scan of them runs
  std::deque<TargetPtr> waiting_ GUARDED_BY(mutex_);
  FindingsByTarget before_ GUARDED_BY(mutex_);  ///< of targets that have not been applied yet
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  bool started_ GUARDED_BY(mutex_) = false;
  std::optional<TimerId> timer_ GUARDED_BY(mutex_);
};

}  // namespace picket::security
