#include "exporters/business/databases/statement.h"

#include <chrono>

#include "base/text/strings.h"

namespace picket::business {

std::string at_time(std::string_view sql, WallTime now) {
  const auto since_epoch = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  return replace_all(sql, "{now}", std::to_string(since_epoch.count()));
}

}  // namespace picket::business
