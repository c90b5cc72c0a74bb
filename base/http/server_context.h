// What the connections of one server share. Lives on the server's thread. Internal to Server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/http/dispatcher.h"
#include "base/http/loop_door.h"
#include "base/http/server.h"

namespace picket {

class ServerContext {
 public:
  struct Parts {
    ServerLimits limits;
    const Router& router;
    WorkerPool& pool;
    WebConfigFile& web;
    Logger& log;
    ServerObserver observer;
  };
  ServerContext(Parts parts, std::shared_ptr<LoopDoor> door);

  MonoTime now() const { return clock.mono(); }
  void rejected(std::string_view reason) const;
  void in_flight(int delta) const;
  void finished(std::string_view handler, int status, Duration took) const;
  /// For the Date field; made once a second.
  const std::string& date();

  const ServerLimits limits;
  WorkerPool& pool;
  WebConfigFile& web;
  Logger& log;
  const SystemClock clock;
  const std::shared_ptr<LoopDoor> door;
  bool draining = false;
  std::uint64_t body_bytes = 0;  ///< of request bodies in memory
  Dispatcher dispatcher;

 private:
  const ServerObserver observer_;
  std::string date_;
  std::int64_t date_second_ = -1;
};

}  // namespace picket
