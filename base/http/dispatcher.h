// From a Request to its handler: rate limit, users, route, worker. Handlers and password checks run on pools.
// Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/http/loop_handle.h"
#include "base/http/pending_response.h"
#include "base/http/rate_limiter.h"
#include "base/http/router.h"
#include "base/http/web_config.h"
#include "base/log/logger.h"

namespace picket {

class Dispatcher {
 public:
  struct Parts {
    const Router& router;
    WorkerPool& pool;
    WebConfigFile& web;
    Logger& log;
    const Clock& clock;
    std::function<void(std::string_view reason)> rejected;
  };
  explicit Dispatcher(Parts parts) : parts_(std::move(parts)), slow_("http-auth", {2, 64}) {}

  struct Job {
    Request request;
    std::string client_key;
    std::shared_ptr<PendingResponse> response;
    std::shared_ptr<LoopHandle> loop;  ///< of the connection's loop
  };
  /// The answer comes through `job.response`, now or later.
  void dispatch(Job job);
  /// For work of the server that blocks (reading files), beside the password checks. False when too much
  /// waits.
  bool submit_slow(std::function<void()> work) { return slow_.submit(std::move(work)); }

 private:
  bool begin_check(const std::string& client) EXCLUDES(mutex_);
  void end_check(const std::string& client) EXCLUDES(mutex_);
  void check_password(Job job);
  void run_check(const std::shared_ptr<Job>& job);
  void admit(Job job, AuthOutcome outcome);
  void route(Job job);
  void run(const Route& route, Job job);

  const Parts parts_;
  RateLimiter rate_limiter_;
  Mutex mutex_;
  std::unordered_map<std::string, std::size_t> checking_
      GUARDED_BY(mutex_);  ///< password checks under way, by client
  WorkerPool slow_;
};

}  // namespace picket
