#include "base/daemon/http_metrics.h"

namespace picket {
namespace {

const prometheus::Histogram::BucketBoundaries kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                         0.1,   0.25,   0.5,   1,    2.5,   10};

}  // namespace

HttpMetrics::HttpMetrics(const std::string& prefix, MetricRegistry& registry)
    : requests_(registry.counter(prefix + "_http_requests_total", "HTTP requests served.")),
      durations_(
          registry.histogram(prefix + "_http_request_duration_seconds", "Time to serve an HTTP request.")),
      in_flight_(registry.gauge(prefix + "_http_requests_in_flight", "HTTP requests being served.").Add({})),
      rejected_(registry.counter(prefix + "_http_rejected_requests_total",
                                 "Requests refused before any work (auth, header_timeout, max_connections, "
                                 "overload, bad_request, too_large).")) {
  for (const char* const reason :
       {"auth", "header_timeout", "max_connections", "overload", "bad_request", "too_large"}) {
    rejected_.Add({{"reason", reason}});
  }
}

ServerObserver HttpMetrics::observer() {
  ServerObserver observer;
  observer.finished = [this](std::string_view handler, int status, Duration took) {
    finished(handler, status, took);
  };
  observer.in_flight = [this](int delta) { in_flight_.Increment(delta); };
  observer.rejected = [this](std::string_view reason) {
    rejected_.Add({{"reason", std::string(reason)}}).Increment();
  };
  return observer;
}

void HttpMetrics::finished(std::string_view handler, int status, Duration took) {
  const Series seen = series(handler.empty() ? "none" : handler, status);
  seen.requests.Increment();
  seen.durations.Observe(seconds(took));
}

HttpMetrics::Series HttpMetrics::series(std::string_view handler, int status) {
  const MutexLock lock(mutex_);
  auto route = series_.find(handler);
  if (route == series_.end()) route = series_.try_emplace(std::string(handler)).first;
  if (const auto known = route->second.find(status); known != route->second.end()) return known->second;
  const std::string& name = route->first;
  const Series made{requests_.Add({{"handler", name}, {"code", std::to_string(status)}}),
                    durations_.Add({{"handler", name}}, kBounds)};
  return route->second.emplace(status, made).first->second;
}

}  // namespace picket
