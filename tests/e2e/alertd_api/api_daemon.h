// alertd as a process with a datasource and rules of the test's, and one receiver that nobody is.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class ApiDaemon {
 public:
  /// `datasource` is the value of alertd.yml's key, `rule_files` are paths. Made when it is ready.
  ApiDaemon(std::string datasource, std::vector<std::string> rule_files);

  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  HttpAnswer get(const std::string& path, const HttpHeaders& headers = {}) const {
    return http_get(url(path), headers);
  }
  void set_datasource(const std::string& datasource);  ///< and reloads
  std::string log() const { return process_->errors(); }

 private:
  void write_config(const std::string& datasource) const;

  const TempDir dir_;
  const int port_;
  const std::vector<std::string> rule_files_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
