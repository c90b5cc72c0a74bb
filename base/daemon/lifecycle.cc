#include "base/daemon/lifecycle.h"

#include <csignal>
#include <cstdlib>

#include "base/daemon/signals.h"

namespace picket {
namespace {

constexpr int kInterruptedStatus = 130;  // as a shell shows SIGINT

}  // namespace

void Lifecycle::handle_signal(int signal) {
  {
    const MutexLock lock(mutex_);
    if (signal == SIGHUP) {
      if (phase_ != Phase::Running) {
        reload_asked_ = true;
        return;
      }
    } else if (stop_signal_.empty()) {
      stop_signal_ = signal_name(signal);
      stop_asked_.notify_all();
      return;
    } else {
      // Somebody at a keyboard does not want to wait for the orderly stop.
      if (signal == SIGINT) std::_Exit(kInterruptedStatus);
      return;
    }
  }
  reload_();
}

void Lifecycle::set_running() {
  {
    const MutexLock lock(mutex_);
    phase_ = Phase::Running;
    if (!reload_asked_) return;
    reload_asked_ = false;
  }
  reload_();
}

std::string Lifecycle::wait_for_stop() {
  std::unique_lock lock(mutex_);
  stop_asked_.wait(
      lock, [this]() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) { return !stop_signal_.empty(); });
  phase_ = Phase::Stopping;
  return stop_signal_;
}

std::string Lifecycle::not_running_reason() const {
  const MutexLock lock(mutex_);
  switch (phase_) {
    case Phase::Starting:
      return "starting";
    case Phase::Stopping:
      return "stopping";
    case Phase::Running:
      break;
  }
  return "";
}

}  // namespace picket
