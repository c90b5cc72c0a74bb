// http_requests_total and http_request_duration_seconds as client libraries of applications have them, with
// exemplars. Safe from any thread.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "base/exec/mutex.h"
#include "base/metrics/collector.h"

namespace picket::demo {

struct Served {
  std::string method;   ///< "GET"
  std::string handler;  ///< the route: "/products/{id}"
  int status = 200;
  Duration took{};
  std::string trace;  ///< an id that logs and traces would have, too
};

class ShopMetrics final : public Collector {
 public:
  explicit ShopMetrics(const Clock& clock) : clock_(clock) {}
  void add(const Served& served) EXCLUDES(mutex_);

  std::string_view name() const override { return "shop"; }
  std::unique_ptr<Collection> collect() override EXCLUDES(mutex_);

 private:
  using Requests = std::map<std::tuple<std::string, std::string, std::string>, double>;
  using Durations = std::map<std::string, HistogramValue>;
  static void write(MetricWriter& writer, const Requests& requests, const Durations& durations);

  const Clock& clock_;
  Mutex mutex_;
  Requests requests_ GUARDED_BY(mutex_);  ///< by method, code and handler
  Durations durations_ GUARDED_BY(mutex_);
};

}  // namespace picket::demo
