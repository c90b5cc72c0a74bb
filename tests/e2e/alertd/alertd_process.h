// alertd with its configuration and state in a folder of its own. It can be killed and started again on them.
// Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

struct AlertdOptions {
  std::map<std::string, std::string> files{};  ///< alertd.yml and what it names
  std::string dsn{};                           ///< PostgreSQL; "" is SQLite
  std::string storage{};                       ///< folder of the database; "": beside alertd.yml
  std::vector<std::string> launcher{};         ///< words in front of the command
  std::string log_level = "debug";
  int port = free_port();
};

class AlertdProcess {
 public:
  /// Does not start it.
  explicit AlertdProcess(AlertdOptions options);

  void launch();  ///< does not wait
  void start();   ///< waits until it is ready
  bool wait_ready();
  void kill9() { process_->kill9(); }
  int stop() { return process_->stop(); }
  bool running() { return process_->running(); }
  pid_t pid() const { return process_->pid(); }

  std::string database() const { return storage() + "/alertd.db"; }  ///< of SQLite
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(options_.port) + path;
  }
  /// Sum over the series of a metric of /metrics; 0 when it has none.
  double metric(const std::string& name) const;
  std::string log() const { return log_ + (process_ ? process_->errors() : ""); }

 private:
  const std::string& storage() const { return options_.storage.empty() ? dir_.path() : options_.storage; }

  const TempDir dir_;
  const AlertdOptions options_;
  std::string log_;  // of the processes before
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
