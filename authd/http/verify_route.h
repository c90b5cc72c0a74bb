// Forward-auth: proxies ask here whether a request may pass. nginx's auth_request, Traefik and Caddy ask
// GET /api/v1/auth/verify; Envoy's ext_authz asks /api/v1/auth/envoy and the original path. What cannot be
// read, decided or looked up is refused.
#pragma once

#include <map>
#include <string>

#include "authd/forward_auth/identity_tokens.h"
#include "authd/forward_auth/request_filter.h"
#include "authd/http/route_table.h"
#include "base/metrics/registry.h"

namespace picket::authd {

/// What it counts: closed sets, whatever is asked.
class VerifyMetrics {
 public:
  explicit VerifyMetrics(MetricRegistry& registry);
  void decided(std::string_view decision, Duration took);
  void attack(std::string_view attack_class);

 private:
  std::map<std::string, prometheus::Histogram*, std::less<>> durations_;  ///< by decision; made at start
  prometheus::Family<prometheus::Counter>& attacks_;
};

struct VerifyParts {
  VerifyMetrics& metrics;
  IdentityTokens& tokens;
  WorkerPool& pool;  ///< where an answer is worked out that memory alone does not give
};

/// `parts` must outlive the router.
void add_verify_routes(RouteTable& routes, const VerifyParts& parts);

}  // namespace picket::authd
