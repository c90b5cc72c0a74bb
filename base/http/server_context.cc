#include "base/http/server_context.h"

#include "base/time/timestamp.h"

namespace picket {

ServerContext::ServerContext(Parts parts, std::shared_ptr<LoopDoor> shared_door)
    : limits(parts.limits),
      pool(parts.pool),
      web(parts.web),
      log(parts.log),
      door(std::move(shared_door)),
      dispatcher({parts.router, parts.pool, parts.web, parts.log, clock, door,
                  [this](std::string_view reason) { rejected(reason); }}),
      observer_(std::move(parts.observer)) {}

void ServerContext::rejected(std::string_view reason) const {
  if (observer_.rejected) observer_.rejected(reason);
}

void ServerContext::in_flight(int delta) const {
  if (observer_.in_flight) observer_.in_flight(delta);
}

void ServerContext::finished(std::string_view handler, int status, Duration took) const {
  if (observer_.finished) observer_.finished(handler, status, took);
}

const std::string& ServerContext::date() {
  const WallTime wall = clock.wall();
  const std::int64_t second = unix_millis(wall) / 1000;
  if (second != date_second_) {
    date_ = format_http_date(wall);
    date_second_ = second;
  }
  return date_;
}

}  // namespace picket
