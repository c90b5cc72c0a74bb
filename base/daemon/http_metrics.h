// <prefix>_http_* of the web server: requests, durations, in flight, refused. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/http/server.h"
#include "base/metrics/registry.h"

namespace picket {

class HttpMetrics {
 public:
  HttpMetrics(const std::string& prefix, MetricRegistry& registry);
  /// For the Server; must not outlive this.
  ServerObserver observer();

 private:
  void finished(std::string_view handler, int status, Duration took);

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& in_flight_;
  prometheus::Family<prometheus::Counter>& rejected_;
};

}  // namespace picket
