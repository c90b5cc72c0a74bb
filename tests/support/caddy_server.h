// Caddy from Debian's package, with the sites that the test gives. Not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class CaddyServer {
 public:
  /// `sites` follow the global options of a Caddyfile. Waits until something accepts connections on `port`.
  CaddyServer(const std::string& sites, int port);

  std::string log() const { return process_->errors(); }

 private:
  const TempDir dir_;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
