// GET /probe?target=&module=&hostname=&debug=true: blackbox_exporter's interface, parameters and metric
// names, for scrape configurations, rules and dashboards that exist. Safe from any thread.
#pragma once

#include <functional>
#include <memory>

#include "base/exec/mutex.h"
#include "base/http/router.h"
#include "exporters/health/blackbox/module.h"

namespace picket::health {

class ProbeEndpoint {
 public:
  /// `services` is asked at each probe, so that a reload's target policy counts at once.
  explicit ProbeEndpoint(std::function<ProberServices()> services) : services_(std::move(services)) {}

  void set_modules(Modules modules) EXCLUDES(mutex_);
  void add_routes(Router& router);

 private:
  void probe(const Request& request, const Responder& respond) EXCLUDES(mutex_);
  std::shared_ptr<const Modules> modules() const EXCLUDES(mutex_);

  const std::function<ProberServices()> services_;
  mutable Mutex mutex_;
  std::shared_ptr<const Modules> modules_ GUARDED_BY(mutex_) =
      std::make_shared<const Modules>(default_modules());
};

/// How long a probe may take: the scrape's timeout less half a second, at most the module's, within 0.1 s and
/// 2 min. A scrape's timeout that is absent, empty, 0 or negative leaves the module's, as in
/// blackbox_exporter. InvalidInput when it is not a number.
Result<Duration> probe_timeout(const std::string* scrape_timeout_seconds, Duration module_timeout);

}  // namespace picket::health
