#include "base/http/loop_context.h"

#include "base/time/timestamp.h"

namespace picket {

const std::string& LoopContext::date() {
  const WallTime wall = server.clock.wall();
  const std::int64_t second = unix_millis(wall) / 1000;
  if (second != date_second_) {
    date_ = format_http_date(wall);
    date_second_ = second;
  }
  return date_;
}

}  // namespace picket
