// What the connections of one server share, whichever loop they are on. Safe from any thread. Internal to
// Server.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/http/admission.h"
#include "base/http/dispatcher.h"
#include "base/http/server.h"

namespace picket {

class ServerContext {
 public:
  struct Parts {
    ServerLimits limits;  ///< as far as the process may have descriptors for them
    const Router& router;
    WorkerPool& pool;
    WebConfigFile& web;
    Logger& log;
    ServerObserver observer;
    ProblemPage problem_page;
  };
  explicit ServerContext(Parts parts);

  MonoTime now() const { return clock.mono(); }
  void rejected(std::string_view reason) const;
  void in_flight(int delta) const;
  void finished(std::string_view handler, int status, Duration took) const;

  const ServerLimits limits;
  WorkerPool& pool;
  WebConfigFile& web;
  Logger& log;
  const ProblemPage problem_page;
  const SystemClock clock;
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> body_bytes{0};  ///< of request bodies in memory
  Admission admission;
  Dispatcher dispatcher;

 private:
  const ServerObserver observer_;
};

}  // namespace picket
