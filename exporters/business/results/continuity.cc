#include "exporters/business/results/continuity.h"

#include <map>

namespace picket::business {
namespace {

template <class T>
std::map<std::vector<std::string>, const T*> by_labels(const std::vector<T>& samples) {
  std::map<std::vector<std::string>, const T*> index;
  for (const T& sample : samples) index.emplace(sample.labels, &sample);
  return index;
}

bool fell_a_little(double before, double now) {
  return now < before && now >= before / 2;
}

std::uint64_t total(const HistogramSample& histogram) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : histogram.counts) sum += count;
  return sum;
}

/// Whether any of the cumulative counts, as Prometheus sees them, is below the one before.
bool any_bucket_fell(const HistogramSample& before, const HistogramSample& now) {
  std::uint64_t old_count = 0, new_count = 0;
  for (std::size_t i = 0; i < now.counts.size() && i < before.counts.size(); ++i) {
    old_count += before.counts[i];
    new_count += now.counts[i];
    if (new_count < old_count) return true;
  }
  return false;
}

bool fell_a_little(const HistogramSample& before, const HistogramSample& now) {
  return any_bucket_fell(before, now) && total(now) >= total(before) / 2;
}

void keep(const Series& before, Series& now, Drops& drops) {
  const auto samples = by_labels(before.samples);
  for (Sample& sample : now.samples) {
    const auto old = samples.find(sample.labels);
    if (old == samples.end() || !fell_a_little(old->second->value, sample.value)) continue;
    sample.value = old->second->value;
    ++of(drops, DropReason::Decrease);
  }
  const auto histograms = by_labels(before.histograms);
  for (HistogramSample& histogram : now.histograms) {
    const auto old = histograms.find(histogram.labels);
    if (old == histograms.end() || !fell_a_little(*old->second, histogram)) continue;
    histogram = *old->second;
    ++of(drops, DropReason::Decrease);
  }
}

}  // namespace

void keep_counters(const QueryConfig& query, const QueryResult& before, QueryResult& result, Drops& drops) {
  for (std::size_t i = 0; i < query.metrics.size() && i < before.metrics.size(); ++i) {
    const MetricType type = query.metrics[i].type;
    if (type == MetricType::Counter || type == MetricType::Histogram)
      keep(before.metrics[i], result.metrics[i], drops);
  }
}

}  // namespace picket::business
