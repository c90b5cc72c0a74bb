// Redis from Debian's package on a free port, nothing saved. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class RedisServer {
 public:
  /// `arguments` go to redis-server as they are: {"--requirepass", "x"}.
  explicit RedisServer(std::vector<std::string> arguments = {});

  int port() const { return port_; }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }
  void start();  ///< waits until it answers
  void stop();
  void kill9() { process_->kill9(); }
  Process& process() { return *process_; }  ///< SIGSTOP makes it hang

 private:
  const TempDir dir_;
  const int port_;
  const std::vector<std::string> arguments_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
