// What has metrics to show. Collected at every scrape, on a worker; must not wait for a probe, a database or
// a log.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/metrics/metric_writer.h"

namespace picket {

/// Writes families by steps, so that a huge answer can be streamed: each step() writes one or a few families,
/// or a part of a large one, which the next step() goes on with.
class Collection {
 public:
  virtual ~Collection() = default;
  /// False when there was nothing more to write.
  virtual bool step(MetricWriter& writer) = 0;
};

class Collector {
 public:
  virtual ~Collector() = default;
  virtual std::string_view name() const = 0;
  /// Takes the state as it is now (a copy or a shared snapshot) and gives it as families to write.
  virtual std::unique_ptr<Collection> collect() = 0;
};

/// For collectors that are small: all families in one step.
std::unique_ptr<Collection> collect_once(std::function<void(MetricWriter&)> write);

}  // namespace picket
