// The process_* families of every Prometheus client, from /proc/self. Source: Prometheus, "Writing client
// libraries", process metrics.
#pragma once

#include "base/metrics/collector.h"

namespace picket {

class ProcessCollector final : public Collector {
 public:
  std::string_view name() const override { return "process"; }
  std::unique_ptr<Collection> collect() override;
};

}  // namespace picket
