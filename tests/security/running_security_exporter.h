// The real security_exporter.
#pragma once

#include <string>

#include "tests/support/running_exporter.h"

namespace picket::security {

class RunningSecurityExporter : public test::RunningExporter {
 public:
  RunningSecurityExporter()
      : test::RunningExporter(std::string(PICKET_BIN_DIR) + "/security_exporter", "security.yml") {}
};

}  // namespace picket::security
