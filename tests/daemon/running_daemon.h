// demo_daemon as a process: config file in a folder of its own, free port, ready to be asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

inline const std::string kDemoDaemon = std::string(PICKET_BIN_DIR) + "/demo_daemon";

class RunningDaemon {
 public:
  explicit RunningDaemon(const std::string& config, std::vector<std::string> more_flags = {});

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  HttpAnswer get(const std::string& path, const HttpHeaders& headers = {}) const {
    return http_get(url(path), headers);
  }
  HttpAnswer reload() const { return http_post(url("/-/reload"), ""); }
  /// Value of a series in /metrics as text, "" when it is not there.
  std::string metric(const std::string& series) const;
  void write_config(const std::string& config) const { dir_.write("demo.yml", config); }
  std::string config_file() const { return dir_.file("demo.yml"); }
  /// Waits for a line on standard error that holds `text`.
  bool wait_for_log(const std::string& text) const;

  Process& process() { return *process_; }
  int port() const { return port_; }

 private:
  TempDir dir_;
  int port_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
