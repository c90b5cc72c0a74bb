// Counters of the deliveries. Label values: the receiver's name and the integration's kind ("email"), both
// from the configuration.
#pragma once

#include <string>
#include <string_view>

#include "alertd/notify/notifier.h"
#include "base/deliver/delivery.h"
#include "base/metrics/registry.h"

namespace picket::alertd {

class DeliveryMetrics {  ///< safe from any thread
 public:
  explicit DeliveryMetrics(MetricRegistry& registry);

  void attempted(const std::string& receiver, std::string_view integration, const DeliveryResult& result);
  void gave_up(const std::string& receiver, std::string_view integration, std::string_view reason);
  void depth(double pending, double oldest_timestamp_seconds);
  void store_failed();
  /// Makes the series of a configured integration, at zero.
  void declare(const std::string& receiver, std::string_view integration);

 private:
  prometheus::Family<prometheus::Counter>& notifications_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Counter>& abandoned_;
  prometheus::Family<prometheus::Histogram>& latency_;
  prometheus::Gauge& pending_;
  prometheus::Gauge& oldest_;
  prometheus::Counter& store_failures_;
};

}  // namespace picket::alertd
