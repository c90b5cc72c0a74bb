// alertd with its configuration and state in a folder of its own. It can be killed and started again on them.
#pragma once

#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

struct AlertDaemonOptions {
  int port = 0;
  std::string datasource_url;
  std::string receivers;  ///< `receivers:` with one named "everyone"
};

class AlertDaemon {
 public:
  explicit AlertDaemon(const AlertDaemonOptions& options);

  void start();  ///< waits until it is ready
  void kill9() { process_->kill9(); }
  int stop() { return process_->stop(); }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// Sum over the series of a metric of /metrics; 0 when it has none.
  double metric(const std::string& name) const;
  std::string log() const { return log_ + process_->errors(); }

 private:
  const TempDir dir_;
  const int port_;
  std::string log_;  // of the processes before
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
