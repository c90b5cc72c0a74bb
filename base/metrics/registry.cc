#include "base/metrics/registry.h"

#include <algorithm>
#include <span>
#include <vector>

namespace picket {
namespace {

using ClientMetric = prometheus::ClientMetric;
using MetricFamily = prometheus::MetricFamily;

MetricType type_of(const MetricFamily& family) {
  if (family.type == prometheus::MetricType::Counter) return MetricType::Counter;
  if (family.type == prometheus::MetricType::Histogram) return MetricType::Histogram;
  return family.name.ends_with("_info") ? MetricType::Info : MetricType::Gauge;
}

/// Every label name of the family: its metrics need not all have the same.
std::vector<std::string_view> label_names(const MetricFamily& family) {
  std::vector<std::string_view> names;
  for (const ClientMetric& metric : family.metric) {
    for (const auto& label : metric.label) {
      if (std::ranges::find(names, label.name) == names.end()) names.emplace_back(label.name);
    }
  }
  return names;
}

/// In the order of `names`; a label that the metric lacks is "", which is the same to Prometheus.
void fill_values(const ClientMetric& metric, std::span<const std::string_view> names,
                 std::vector<std::string_view>& values) {
  values.assign(names.size(), {});
  for (const auto& label : metric.label) {
    const auto at = std::ranges::find(names, label.name) - names.begin();
    values[static_cast<std::size_t>(at)] = label.value;
  }
}

HistogramValue histogram_of(const ClientMetric::Histogram& source) {
  HistogramValue value;
  value.sum = source.sample_sum;
  std::uint64_t before = 0;
  for (const auto& bucket : source.bucket) {
    value.counts.push_back(bucket.cumulative_count - before);
    before = bucket.cumulative_count;
    value.bounds.push_back(bucket.upper_bound);
  }
  if (!value.bounds.empty()) value.bounds.pop_back();  // +Inf
  if (value.counts.empty()) value.counts.push_back(source.sample_count);
  return value;
}

void write_family(const MetricFamily& family, MetricWriter& writer) {
  const MetricType type = type_of(family);
  const std::vector<std::string_view> names = label_names(family);
  FamilyWriter& out = writer.family({type, family.name, family.help, LabelNames(names)});
  std::vector<std::string_view> values;
  for (const ClientMetric& metric : family.metric) {
    fill_values(metric, names, values);
    if (type == MetricType::Histogram) {
      out.histogram(values, histogram_of(metric.histogram));
    } else {
      out.sample(values, type == MetricType::Counter ? metric.counter.value : metric.gauge.value);
    }
  }
}

}  // namespace

prometheus::Family<prometheus::Counter>& MetricRegistry::counter(const std::string& name,
                                                                 const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
}

prometheus::Family<prometheus::Gauge>& MetricRegistry::gauge(const std::string& name,
                                                             const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
}

prometheus::Family<prometheus::Histogram>& MetricRegistry::histogram(const std::string& name,
                                                                     const std::string& help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_);
}

std::unique_ptr<Collection> MetricRegistry::collect() {
  return collect_once([families = registry_.Collect()](MetricWriter& writer) {
    for (const MetricFamily& family : families) write_family(family, writer);
  });
}

}  // namespace picket
