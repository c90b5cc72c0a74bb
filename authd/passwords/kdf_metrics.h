// The series of the KDF pool. Label values are closed sets: no user, no address.
#pragma once

#include <string_view>

#include "authd/passwords/hash_params.h"
#include "base/metrics/registry.h"
#include "base/text/duration.h"

namespace picket::authd {

class KdfMetrics {  ///< safe from any thread
 public:
  explicit KdfMetrics(MetricRegistry& registry);

  void ran(HashAlgorithm algorithm, Duration took);
  void waited(Duration wait);
  void depth(std::size_t waiting);
  void rejected(std::string_view reason);

 private:
  prometheus::Family<prometheus::Histogram>& duration_;
  prometheus::Histogram& queue_wait_;
  prometheus::Gauge& queue_depth_;
  prometheus::Family<prometheus::Counter>& rejected_;
};

}  // namespace picket::authd
