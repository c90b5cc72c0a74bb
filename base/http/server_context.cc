#include "base/http/server_context.h"

namespace picket {

ServerContext::ServerContext(Parts parts)
    : limits(parts.limits),
      pool(parts.pool),
      web(parts.web),
      log(parts.log),
      problem_page(std::move(parts.problem_page)),
      admission(limits.connections, limits.connections_per_address),
      dispatcher({parts.router, parts.pool, parts.web, parts.log, clock,
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

}  // namespace picket
