// A container engine of its own (Debian's dockerd) in a temporary folder, in namespaces of its own: networks,
// rules of the firewall and ports are not those of the machine, another engine may run beside it, and nothing
// outlives a test that is killed. Needs root. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class ContainerEngine {
 public:
  ContainerEngine();
  ~ContainerEngine();
  ContainerEngine(const ContainerEngine&) = delete;
  ContainerEngine& operator=(const ContainerEngine&) = delete;

  /// Why none can run on this machine; "" when it runs.
  const std::string& why_not() const { return why_not_; }
  /// From now on this thread, and each program that it starts, is where the published ports are and nothing
  /// else. Gives up when it cannot.
  void join_network() const;
  /// What programs need to reach it.
  std::map<std::string, std::string> environment() const;
  /// `docker ARGUMENTS`: its standard output. Gives up when it fails.
  std::string docker(std::vector<std::string> arguments, const std::string& input = "") const;

 private:
  void start();
  void stop();
  void remove_containers() const;

  const TempDir dir_;
  std::string why_not_;
  std::unique_ptr<Process> daemon_;
};

}  // namespace picket::test
