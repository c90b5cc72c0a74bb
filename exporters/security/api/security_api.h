// The HTTP API: /api/v1/security/events, /top and /posture. Errors are RFC 9457. Handlers run on the HTTP
// workers; only /events waits for the database. Addresses and accounts are masked unless web.config.yml has
// authenticated the caller.
#pragma once

#include <functional>
#include <vector>

#include "base/http/router.h"
#include "exporters/security/api/posture_view.h"
#include "exporters/security/api/top_list.h"
#include "exporters/security/events/event_filter.h"

namespace picket::security {

/// Where it reads; called from any thread.
struct SecurityApiSources {
  std::function<Result<EventPage>(const EventFilter&)> events;
  std::function<std::vector<TopList>()> top;
  std::function<std::vector<PostureTarget>()> posture;
};

class SecurityApi {
 public:
  explicit SecurityApi(SecurityApiSources sources) : sources_(std::move(sources)) {}

  /// The router's handlers use this: it outlives them.
  void add_routes(Router& router);

 private:
  Response events(const Request& request) const;
  Response top(const Request& request) const;
  Response posture() const;

  const SecurityApiSources sources_;
};

}  // namespace picket::security
