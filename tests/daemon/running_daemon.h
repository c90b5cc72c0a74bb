// demo_daemon as a process: config file in a folder of its own, a free port. Made when it is ready or has
// ended.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

std::string demo_daemon();  ///< path of the program

class RunningDaemon {
 public:
  explicit RunningDaemon(const std::string& config, const std::vector<std::string>& more_flags = {},
                         std::map<std::string, std::string> env = {});

  std::string url(const std::string& path) const;
  HttpAnswer get(const std::string& path, const HttpHeaders& headers = {}) const;
  HttpAnswer reload() const;
  /// Value of a series in /metrics as text, "" when it is not there.
  std::string metric(const std::string& series) const;
  void write_config(const std::string& config) const { dir_.write("demo.yml", config); }
  std::string config_file() const { return dir_.file("demo.yml"); }
  /// Waits for `text` on standard error.
  bool wait_for_log(const std::string& text) const;

  bool has_started() const;
  Process& process() { return *process_; }
  const TempDir& dir() const { return dir_; }
  int port() const { return port_; }

 private:
  TempDir dir_;
  int port_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
