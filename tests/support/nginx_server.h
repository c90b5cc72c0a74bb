// nginx from Debian's package on a free port, with the server block that the test gives. Not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class NginxServer {
 public:
  /// `servers` stands in the http block; @PORT@ and @DIR@ are replaced by the port and a folder of the
  /// test's.
  explicit NginxServer(
      std::string servers = "server { listen 127.0.0.1:@PORT@; location / { return 200 \"ok\"; } }");

  int port() const { return port_; }
  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  const TempDir& dir() const { return dir_; }
  void start();  ///< waits until it accepts connections
  void stop();
  void kill9() { process_->kill9(); }
  Process& process() { return *process_; }

 private:
  const TempDir dir_;
  const int port_;
  const std::string servers_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
