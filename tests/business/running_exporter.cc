#include "tests/business/running_exporter.h"

#include <fmt/format.h>

namespace picket::business {

std::string gauge_query(const std::string& name, const std::string& database, const std::string& sql,
                        const std::string& keys) {
  return fmt::format(
      "- {{name: {0}, database: {1}, {3}, sql: \"{2}\", metrics: [{{name: {0}_rows, type: gauge, help: x, "
      "value: n}}]}}\n",
      name, database, sql, keys);
}

}  // namespace picket::business
