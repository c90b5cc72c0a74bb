// A Server with everything that it needs, on a free port, for tests: add routes to `router`, then start().
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/crypto/random.h"
#include "base/exec/mutex.h"
#include "base/files/files.h"
#include "base/http/server.h"

namespace picket::test {

class TestServer {
 public:
  struct Options {
    ServerLimits limits{};
    WorkerPool::Size pool{4, 256};
    std::vector<std::string> listen{"127.0.0.1:0"};
    std::size_t threads = 1;
    std::string web_config{};  ///< path of a web.config.yml
    ProblemPage problem_page{};
  };
  TestServer() : TestServer(Options{}) {}
  explicit TestServer(const Options& options);

  /// The test fails when the server does not start.
  void start();
  Result<void> try_start() { return server_.start(); }
  std::uint16_t port() const { return server_.port(); }
  Server& server() { return server_; }
  int rejected(const std::string& reason) const;
  /// Finished requests as "name:status".
  int finished(const std::string& handler_and_status) const;
  int in_flight() const { return in_flight_.load(); }
  std::string log() const;

  Router router;

 private:
  ServerObserver observer();

  SystemClock clock_;
  SystemRandom random_;
  RealFiles files_;
  mutable Mutex mutex_;
  std::string lines_ GUARDED_BY(mutex_);
  std::map<std::string, int> rejected_ GUARDED_BY(mutex_);
  std::map<std::string, int> finished_ GUARDED_BY(mutex_);
  std::atomic<int> in_flight_{0};
  Logger log_;
  WebConfigFile web_;
  WorkerPool pool_;
  Server server_;
};

}  // namespace picket::test
