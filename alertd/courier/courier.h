// Carries messages from the outbox to their notifiers: claims what is due, delivers on a pool, records every
// try. Survives a dead database and a dead peer by trying again; loses nothing because the outbox is the
// truth.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "alertd/courier/courier_metrics.h"
#include "alertd/notify/notifier.h"
#include "alertd/outbox/backoff.h"
#include "alertd/outbox/outbox.h"
#include "base/crypto/random.h"
#include "base/exec/worker_pool.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"

namespace picket::alertd {

/// The notifier of a receiver's integration in the configuration in force; null when it is gone.
using NotifierLookup =
    std::function<std::shared_ptr<Notifier>(const std::string& receiver, const std::string& integration)>;

struct CourierConfig {
  BackoffConfig backoff;
  Duration attempt_timeout = std::chrono::seconds(30);
  Duration lease = std::chrono::minutes(2);  ///< longer than attempt_timeout
  Duration poll = std::chrono::seconds(1);
  Duration retention = std::chrono::hours(24 * 90);  ///< of finished messages
};

/// What a courier works with; all of it outlives the courier.
struct CourierParts {
  Outbox& outbox;
  NotifierLookup notifiers;
  WorkerPool& pool;  ///< one thread per delivery under way
  Scheduler& scheduler;
  Random& random;
  Logger& log;
  CourierMetrics& metrics;
};

class Courier {
 public:
  Courier(CourierConfig config, CourierParts parts);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  void start();
  /// There is something new in the outbox: look now instead of at the next poll. Safe from any thread.
  void nudge();
  /// Nothing new is claimed; deliveries under way end on the pool, whose destructor waits for them.
  void stop();

 private:
  class Rounds;
  std::shared_ptr<Rounds> rounds_;
  std::optional<TimerId> timer_;
};

}  // namespace picket::alertd
