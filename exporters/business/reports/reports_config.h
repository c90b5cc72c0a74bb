// `reports:` in business.yml: whose days the reports count, and how long one may take.
#pragma once

#include <string>

#include "base/config/reader.h"

namespace picket::business {

struct ReportsConfig {
  std::string location = "UTC";                 ///< IANA name: days begin at its midnight
  Duration timeout = std::chrono::seconds(30);  ///< from the request to the answer
};

void read_yaml(MapReader& r, ReportsConfig& reports);

}  // namespace picket::business
