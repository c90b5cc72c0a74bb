// The HTTP API: /api/health/* for load balancers and status pages, /api/v1/health/* for tools. Errors are RFC
// 9457. Handlers run on the HTTP workers; reading never waits for a probe, only /events for the database.
#pragma once

#include <functional>
#include <string>

#include "base/http/router.h"
#include "exporters/health/engine/engine.h"

namespace picket::health {

class HealthApi {
 public:
  /// Both must outlive it. `unready` is empty when the daemon is ready.
  HealthApi(Engine& engine, HistoryRecorder& history, std::function<std::string()> unready);

  void add_routes(Router& router);

 private:
  Response ready() const;
  Response detailed() const;
  Response business() const;
  Response services(const Request& request) const;
  Response service(const Request& request) const;
  Response put_service(const Request& request);
  Response events(const Request& request);
  Response post_event(const Request& request);

  Engine& engine_;
  HistoryRecorder& history_;
  const std::function<std::string()> unready_;
};

}  // namespace picket::health
