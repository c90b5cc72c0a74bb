// The daemon's own counters: prometheus-cpp's Registry, shown as a Collector. Families are made at start and
// kept as references.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

#include "base/metrics/collector.h"

namespace picket {

class MetricRegistry final : public Collector {
 public:
  prometheus::Family<prometheus::Counter>& counter(const std::string& name, const std::string& help);
  prometheus::Family<prometheus::Gauge>& gauge(const std::string& name, const std::string& help);
  prometheus::Family<prometheus::Histogram>& histogram(const std::string& name, const std::string& help);

  std::string_view name() const override { return "registry"; }
  std::unique_ptr<Collection> collect() override;

 private:
  prometheus::Registry registry_;
};

}  // namespace picket
