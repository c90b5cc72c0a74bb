// The threads that deliver: a few for each integration, from its first message on, so that peers which hang
// hold up nobody else. Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"

namespace picket::alertd {

class LaneThreads {
 public:
  explicit LaneThreads(std::size_t threads) : threads_(threads) {}
  /// False when as many tasks wait as there are threads: a lane never starts so many.
  bool run(const std::string& lane, std::function<void()> task) EXCLUDES(mutex_);
  /// Ends the threads of a lane that nothing runs in, until its next message. False, and nothing done, while
  /// one still runs. Never waits for a peer. Not to be called beside run() of the same lane.
  bool forget(const std::string& lane) EXCLUDES(mutex_);
  std::size_t lanes() const EXCLUDES(mutex_);

 private:
  const std::size_t threads_;
  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<WorkerPool>> pools_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
