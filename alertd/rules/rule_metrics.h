// Metrics of rule evaluation, named after Prometheus' own. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "alertd/rules/evaluate.h"
#include "alertd/rules/rule_group.h"
#include "base/metrics/registry.h"

namespace picket::alertd {

class RuleMetrics {
 public:
  explicit RuleMetrics(MetricRegistry& registry);

  void evaluated(const std::string& group, const RuleTransition& transition, Duration took);
  void iterated(const std::string& group, Timestamp time, Duration took);
  void missed(const std::string& group, std::uint64_t ticks);
  /// Shows the group from now on.
  void group_started(const RuleGroup& group);
  void group_removed(const std::string& group);
  void alerts(const std::string& group, std::size_t pending, std::size_t firing);
  void sink_failed();

 private:
  prometheus::Family<prometheus::Counter>& evaluations_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Counter>& partial_;
  prometheus::Family<prometheus::Counter>& iterations_;
  prometheus::Family<prometheus::Counter>& missed_;
  prometheus::Family<prometheus::Gauge>& last_duration_;
  prometheus::Family<prometheus::Gauge>& last_evaluation_;
  prometheus::Family<prometheus::Gauge>& interval_;
  prometheus::Family<prometheus::Gauge>& rules_;
  prometheus::Family<prometheus::Gauge>& recording_rules_;
  prometheus::Family<prometheus::Gauge>& pending_;
  prometheus::Family<prometheus::Gauge>& firing_;
  prometheus::Histogram& evaluation_time_;
  prometheus::Counter& template_failures_;
  prometheus::Counter& sink_failures_;
};

}  // namespace picket::alertd
