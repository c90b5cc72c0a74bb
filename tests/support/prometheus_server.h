// Prometheus from Debian's package on a free port, with the config text that the test gives. Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class PrometheusServer {
 public:
  explicit PrometheusServer(const std::string& config);

  int port() const { return port_; }
  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// Value of the first sample of an instant query; nothing when it has no sample or fails.
  std::optional<double> value(const std::string& expression) const;
  /// Body of GET /api/v1/query.
  std::string query(const std::string& expression) const;
  void start();  ///< waits until it is ready
  void stop();
  void kill9() { process_->kill9(); }
  Process& process() { return *process_; }  ///< SIGSTOP makes it hang

 private:
  const TempDir dir_;
  const int port_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
