// Takes messages from the outbox to their notifiers: looks what is due, claims it as far as the lanes of the
// integrations allow, and has it delivered on their threads. Survives a dead database and a dead peer by
// trying again; loses nothing because the outbox is the truth.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "alertd/delivery/delivery_worker.h"
#include "base/time/scheduler.h"

namespace picket::alertd {

/// How it works whatever the configuration says.
struct DeliveryPace {
  int concurrency = 4;  ///< messages of one integration under way at once
  Duration poll = std::chrono::seconds(1);
  Duration probe_interval = std::chrono::seconds(10);  ///< of a peer that is down
  /// How long a claim outlives a process that dies; renewed while a try is under way.
  Duration lease = std::chrono::minutes(1);
  Duration renewal = std::chrono::seconds(20);
  Duration retention = std::chrono::hours(24 * 90);  ///< of finished messages
};

/// Where the work is done.
struct DeliveryThreads {
  std::function<bool(Task)> run;  ///< on the loop's own thread
  std::function<bool(const std::string& lane, Task)> run_in_lane;
  /// A lane has nothing to do for now. False when its last task has not quite ended: to be told again.
  std::function<bool(const std::string& lane)> forget_lane = [](const std::string&) { return true; };
};

class DeliveryLoop {
 public:
  DeliveryLoop(DeliveryConfig config, DeliveryPace pace, DeliveryParts parts, DeliveryThreads threads,
               Scheduler& scheduler);
  ~DeliveryLoop();
  DeliveryLoop(const DeliveryLoop&) = delete;
  DeliveryLoop& operator=(const DeliveryLoop&) = delete;

  void start();
  /// Another configuration, for the tries that begin from now on. Safe from any thread.
  void reload(DeliveryConfig config);
  /// There is something new in the outbox: look now instead of at the next poll. Safe from any thread.
  void nudge();
  /// Nothing new is claimed or started from its return on; deliveries under way end soon, on their threads.
  /// Waits for a round under way, so not to be called on the loop's own thread.
  void stop();

 private:
  class Work;
  std::shared_ptr<Work> work_;
  Scheduler& scheduler_;
  std::optional<TimerId> timer_;
};

}  // namespace picket::alertd
