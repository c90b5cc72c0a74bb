#include "exporters/business/reports/reports_config.h"

#include "base/time/calendar.h"

namespace picket::business {

void read_yaml(MapReader& r, ReportsConfig& reports) {
  if (r.read("location", reports.location)) {
    if (const Result<void> known = check_location(reports.location); !known)
      r.problem("location", known.error().message);
  }
  const bool is_given = r.read("timeout", reports.timeout);
  if (is_given && (reports.timeout < std::chrono::seconds(1) || reports.timeout > std::chrono::minutes(5)))
    r.problem("timeout", "must be from 1s to 5m");
}

}  // namespace picket::business
