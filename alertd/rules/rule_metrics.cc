#include "alertd/rules/rule_metrics.h"

#include "base/time/timestamp.h"

namespace picket::alertd {

namespace {

using GroupLabels = std::map<std::string, std::string>;

GroupLabels of(const std::string& group) {
  return {{"rule_group", group}};
}

const prometheus::Histogram::BucketBoundaries& buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                 0.25,  0.5,    1,     2.5,  5,     10,   30};
  return bounds;
}

template <class T>
void remove(prometheus::Family<T>& family, const std::string& group) {
  family.Remove(&family.Add(of(group)));
}

}  // namespace

RuleMetrics::RuleMetrics(MetricRegistry& registry)
    : evaluations_(
          registry.counter("alertd_rule_evaluations_total", "Rule evaluations, failed ones included.")),
      failures_(registry.counter("alertd_rule_evaluation_failures_total", "Rule evaluations that failed.")),
      partial_(registry.counter("alertd_rule_partial_responses_total",
                                "Rule evaluations whose answer was not whole.")),
      iterations_(registry.counter("alertd_rule_group_iterations_total", "Evaluations of the whole group.")),
      missed_(
          registry.counter("alertd_rule_group_iterations_missed_total",
                           "Evaluations of the group left out because the one before was still running.")),
      last_duration_(registry.gauge("alertd_rule_group_last_duration_seconds",
                                    "Duration of the group's last evaluation.")),
      last_evaluation_(registry.gauge("alertd_rule_group_last_evaluation_timestamp_seconds",
                                      "Time of the group's last evaluation.")),
      interval_(registry.gauge("alertd_rule_group_interval_seconds", "Interval of the group.")),
      rules_(registry.gauge("alertd_rule_group_rules", "Alerting rules in the group.")),
      recording_rules_(registry.gauge("alertd_rule_group_recording_rules",
                                      "Recording rules in the group; they are not evaluated.")),
      pending_(registry.gauge("alertd_rules_pending", "Pending alerts of the group's rules.")),
      firing_(registry.gauge("alertd_rules_firing", "Firing alerts of the group's rules.")),
      evaluation_time_(registry
                           .histogram("alertd_rule_evaluation_duration_seconds",
                                      "Duration of a rule's evaluation, the query included.")
                           .Add({}, buckets())),
      template_failures_(registry
                             .counter("alertd_template_expansion_failures_total",
                                      "Labels and annotations of alerts whose template failed.")
                             .Add({})),
      sink_failures_(registry
                         .counter("alertd_rule_group_sink_failures_total",
                                  "Evaluated groups that could not be stored; they are offered again.")
                         .Add({})) {}

void RuleMetrics::evaluated(const std::string& group, const RuleTransition& transition, Duration took) {
  evaluations_.Add(of(group)).Increment();
  if (transition.error) failures_.Add(of(group)).Increment();
  if (transition.partial) partial_.Add(of(group)).Increment();
  evaluation_time_.Observe(seconds(took));
  template_failures_.Increment(static_cast<double>(transition.template_failures));
}

void RuleMetrics::iterated(const std::string& group, Timestamp time, Duration took) {
  iterations_.Add(of(group)).Increment();
  last_evaluation_.Add(of(group)).Set(unix_seconds(time));
  last_duration_.Add(of(group)).Set(seconds(took));
}

void RuleMetrics::missed(const std::string& group, std::uint64_t ticks) {
  missed_.Add(of(group)).Increment(static_cast<double>(ticks));
}

void RuleMetrics::group_started(const RuleGroup& started) {
  const std::string group = started.label();
  rules_.Add(of(group)).Set(static_cast<double>(started.rules.size()));
  recording_rules_.Add(of(group)).Set(static_cast<double>(started.recording_rules.size()));
  interval_.Add(of(group)).Set(seconds(started.interval));
  evaluations_.Add(of(group));
  failures_.Add(of(group));
  partial_.Add(of(group));
  iterations_.Add(of(group));
  missed_.Add(of(group));
  pending_.Add(of(group));
  firing_.Add(of(group));
}

void RuleMetrics::group_removed(const std::string& group) {
  for (auto* family : {&evaluations_, &failures_, &partial_, &iterations_, &missed_}) remove(*family, group);
  for (auto* family :
       {&last_duration_, &last_evaluation_, &interval_, &rules_, &recording_rules_, &pending_, &firing_}) {
    remove(*family, group);
  }
}

void RuleMetrics::alerts(const std::string& group, std::size_t pending, std::size_t firing) {
  pending_.Add(of(group)).Set(static_cast<double>(pending));
  firing_.Add(of(group)).Set(static_cast<double>(firing));
}

void RuleMetrics::sink_failed() {
  sink_failures_.Increment();
}

}  // namespace picket::alertd
