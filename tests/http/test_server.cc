#include "tests/http/test_server.h"

#include <gtest/gtest.h>

namespace picket::test {

TestServer::TestServer(const Options& options)
    : log_({LogLevel::Debug, LogFormat::Logfmt, 1000}, clock_,
           [this](std::string_view line) {
             const MutexLock lock(mutex_);
             lines_.append(line).append("\n");
           }),
      web_(options.web_config, files_, random_),
      pool_("http", options.pool),
      server_({options.listen, options.limits, options.threads},
              {router, pool_, web_, log_, observer(), options.problem_page}) {}

ServerObserver TestServer::observer() {
  ServerObserver observer;
  observer.finished = [this](std::string_view handler, int status, Duration) {
    const MutexLock lock(mutex_);
    ++finished_[std::string(handler) + ":" + std::to_string(status)];
  };
  observer.in_flight = [this](int delta) { in_flight_ += delta; };
  observer.rejected = [this](std::string_view reason) {
    const MutexLock lock(mutex_);
    ++rejected_[std::string(reason)];
  };
  return observer;
}

void TestServer::start() {
  const Result<void> started = server_.start();
  ASSERT_TRUE(started.has_value()) << started.error().message;
}

int TestServer::rejected(const std::string& reason) const {
  const MutexLock lock(mutex_);
  const auto found = rejected_.find(reason);
  return found == rejected_.end() ? 0 : found->second;
}

int TestServer::finished(const std::string& handler_and_status) const {
  const MutexLock lock(mutex_);
  const auto found = finished_.find(handler_and_status);
  return found == finished_.end() ? 0 : found->second;
}

std::string TestServer::log() const {
  const MutexLock lock(mutex_);
  return lines_;
}

}  // namespace picket::test
