// A real exporter in a folder of its own: configured, started, scraped, broken. Not thread-safe, except url(),
// scrape() and value_in().
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class RunningExporter {
 public:
  /// `program` is a path; `config` the name of its configuration: "business.yml".
  RunningExporter(std::string program, std::string config)
      : program_(std::move(program)), config_(std::move(config)) {}

  const TempDir& dir() const { return dir_; }
  std::string file(std::string_view name) const { return dir_.file(name); }
  void configure(std::string_view text) const { dir_.write(config_, text); }
  std::vector<std::string> command() const;
  /// Starts it and waits until it is ready.
  void start();
  Process& process() { return *process_; }

  std::string url(const std::string& path) const;
  /// The text of /metrics, with a line feed before it.
  std::string scrape() const;
  static std::optional<double> value_in(const std::string& scrape, const std::string& series);
  std::optional<double> value(const std::string& series) const { return value_in(scrape(), series); }
  /// Waits until the series has that value.
  bool shows(const std::string& series, double value) const;
  /// Waits until the series is there and at least that.
  bool reaches(const std::string& series, double least) const;
  int reload() const;  ///< the status of the answer
  /// Of the process, from /proc: "VmHWM" in KiB, "Threads".
  long status_of(const std::string& field) const;

 private:
  const std::string program_, config_;
  const TempDir dir_;
  const int port_ = free_port();
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
