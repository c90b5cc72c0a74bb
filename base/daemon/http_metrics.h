// <prefix>_http_* of the web server: requests, durations, in flight, refused. Safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/exec/mutex.h"
#include "base/http/server.h"
#include "base/metrics/registry.h"

namespace picket {

class HttpMetrics {
 public:
  HttpMetrics(const std::string& prefix, MetricRegistry& registry);
  /// For the Server; must not outlive this.
  ServerObserver observer();

 private:
  /// The series of one route and status: looked up once, for a lookup costs what a small answer costs.
  struct Series {
    prometheus::Counter& requests;
    prometheus::Histogram& durations;
  };
  void finished(std::string_view handler, int status, Duration took);
  Series series(std::string_view handler, int status) EXCLUDES(mutex_);

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& in_flight_;
  prometheus::Family<prometheus::Counter>& rejected_;
  Mutex mutex_;
  std::map<std::string, std::map<int, Series>, std::less<>> series_ GUARDED_BY(mutex_);
};

}  // namespace picket
