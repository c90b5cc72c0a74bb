// The real business_exporter.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/running_exporter.h"

namespace picket::business {

class RunningExporter : public test::RunningExporter {
 public:
  RunningExporter()
      : test::RunningExporter(std::string(PICKET_BIN_DIR) + "/business_exporter", "business.yml") {}
};

/// One entry of `queries:` with a metric "NAME_rows" whose value is column n.
std::string gauge_query(const std::string& name, const std::string& database, const std::string& sql,
                        const std::string& keys = "interval: 1s");

}  // namespace picket::business
