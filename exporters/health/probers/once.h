// Answers a probe once, by whoever comes first: the work on a worker or the timer at the deadline.
#pragma once

#include <atomic>
#include <memory>

#include "exporters/health/probe/prober.h"

namespace picket::health {

class Once {
 public:
  Once(const ProberServices& services, Deadline deadline, Prober::Done done)
      : clock_(services.clock()), start_(clock_.mono()), deadline_(deadline), done_(std::move(done)) {}

  /// False when somebody else has answered already.
  bool answer(ProbeResult result) {
    if (answered_.exchange(true)) return false;
    result.duration = clock_.mono() - start_;
    done_(std::move(result));
    return true;
  }
  bool answered() const { return answered_; }
  Deadline deadline() const { return deadline_; }

 private:
  const Clock& clock_;
  const MonoTime start_;
  const Deadline deadline_;
  const Prober::Done done_;
  std::atomic<bool> answered_{false};
};

/// Runs `work` on the blocking pool; at the deadline `late` answers instead. A full pool answers internal.
void run_blocking(const ProberServices& services, const std::shared_ptr<Once>& once,
                  std::function<ProbeResult()> work, ProbeResult late);

}  // namespace picket::health
