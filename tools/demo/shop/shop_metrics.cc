#include "tools/demo/shop/shop_metrics.h"

#include <algorithm>

namespace picket::demo {
namespace {

const std::vector<double> kBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10};

HistogramValue empty_histogram() {
  return {.bounds = kBounds,
          .counts = std::vector<std::uint64_t>(kBounds.size() + 1),
          .exemplars = std::vector<std::optional<Exemplar>>(kBounds.size() + 1)};
}

}  // namespace

void ShopMetrics::add(const Served& served) {
  const double took = seconds(served.took);
  const auto bucket = std::ranges::lower_bound(kBounds, took) - kBounds.begin();
  const MutexLock lock(mutex_);
  requests_[{served.method, std::to_string(served.status), served.handler}] += 1;
  HistogramValue& histogram = durations_.try_emplace(served.handler, empty_histogram()).first->second;
  observe(histogram, took);
  histogram.exemplars[static_cast<std::size_t>(bucket)] =
      Exemplar{{{"trace_id", served.trace}}, took, clock_.wall()};
}

std::unique_ptr<Collection> ShopMetrics::collect() {
  const MutexLock lock(mutex_);
  return collect_once([requests = requests_, durations = durations_](MetricWriter& writer) {
    write(writer, requests, durations);
  });
}

void ShopMetrics::write(MetricWriter& writer, const Requests& requests, const Durations& durations) {
  FamilyWriter& counter =
      writer.counter("http_requests_total", "Requests served.", {"method", "code", "handler"});
  for (const auto& [labels, value] : requests) {
    const auto& [method, code, handler] = labels;
    counter.sample({method, code, handler}, value);
  }
  FamilyWriter& histogram =
      writer.histogram("http_request_duration_seconds", "Time to serve a request.", {"handler"});
  for (const auto& [handler, value] : durations) histogram.histogram({handler}, value);
}

}  // namespace picket::demo
