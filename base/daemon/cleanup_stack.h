// Named clean-ups, registered beside what they clean up and run in reverse order, so that stopping mirrors
// starting. One thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/log/logger.h"
#include "base/time/clock.h"

namespace picket {

class CleanupStack {
 public:
  CleanupStack(Logger& log, const Clock& clock) : log_(log), clock_(clock) {}
  /// Runs what has not run.
  ~CleanupStack() { run(); }
  CleanupStack(const CleanupStack&) = delete;
  CleanupStack& operator=(const CleanupStack&) = delete;

  void push(std::string name, std::function<void()> work);
  /// Last in, first out, with a line each at debug. The stack is empty afterwards.
  void run();

 private:
  struct Cleanup {
    std::string name;
    std::function<void()> work;
  };
  Logger& log_;
  const Clock& clock_;
  std::vector<Cleanup> cleanups_;
};

}  // namespace picket
