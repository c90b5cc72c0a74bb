// The parts of Prometheus' query API that Grafana and promtool ask alertd for, forwarded to its datasource:
//   GET, POST /api/v1/{query,query_range,query_exemplars,labels,series}   GET /api/v1/label/{name}/values
//   GET /api/v1/metadata
// Parameters go there and JSON comes back, no header in either direction: the datasource sees alertd's own
// credentials, the caller none of them. No thread waits for the datasource; how many requests run and wait is
// bounded. Safe from any thread.
#pragma once

#include <memory>

#include "alertd/datasource/datasource_config.h"
#include "base/exec/mutex.h"
#include "base/http/client.h"
#include "base/http/router.h"
#include "base/log/logger.h"

namespace picket::alertd {

class QueryForward {
 public:
  static constexpr std::size_t kMostRunning = 16;
  static constexpr std::size_t kMostWaiting = 64;
  static constexpr Bytes kMostAnswer = 16_MiB;

  QueryForward(EventLoop& loop, Resolver& resolver, const Clock& clock, Logger& log);

  /// From the next request on. Before the first there is no datasource.
  void set(const DatasourceConfig& datasource) EXCLUDES(mutex_);
  void add_routes(Router& router);

 private:
  void forward(const Request& request, const std::string& path, const Responder& respond) EXCLUDES(mutex_);

  const Clock& clock_;
  Logger& log_;
  CurlClient client_;  // its own: what waits here keeps no rule and no message waiting
  mutable Mutex mutex_;
  std::shared_ptr<const DatasourceConfig> datasource_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
