#include "exporters/business/queries/metric_config.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/metrics/names.h"
#include "base/text/strings.h"

namespace picket::business {
namespace {

constexpr std::size_t kMaxBuckets = 100;

void read_type(MapReader& r, MetricType& type) {
  if (std::string word; !r.has("type")) r.require("type", word);
  r.read_enum("type", type,
              {{"counter", MetricType::Counter},
               {"gauge", MetricType::Gauge},
               {"histogram", MetricType::Histogram},
               {"info", MetricType::Info}});
}

void check_metric_name(MapReader& r, const MetricConfig& metric) {
  if (!is_metric_name(metric.name) || metric.name.find(':') != std::string::npos) {
    r.problem("name", "must be letters, digits and '_', and not begin with a digit");
  } else if (metric.type == MetricType::Counter && !metric.name.ends_with("_total")) {
    r.problem("name", "the name of a counter must end in _total");
  } else if (metric.type == MetricType::Info && !metric.name.ends_with("_info")) {
    r.problem("name", "the name of an info must end in _info");
  } else if (metric.type != MetricType::Counter && metric.name.ends_with("_total")) {
    r.problem("name", "only the name of a counter ends in _total");
  }
}

void check_labels(MapReader& r, const MetricConfig& metric) {
  std::set<std::string> seen;
  for (const std::string& label : metric.label_names()) {
    const bool reserved = metric.type == MetricType::Histogram && label == "le";
    if (!is_label_name(label) || reserved)
      r.problem("labels", fmt::format("\"{}\" cannot be a label", label));
    if (!seen.insert(label).second) r.problem("labels", fmt::format("label \"{}\" is there twice", label));
  }
}

void read_values(MapReader& r, MetricConfig& metric) {
  if (std::string value; r.read("value", value)) metric.values = {value};
  if (r.has("values") && r.has("value")) r.problem("values", "give value or values, not both");
  r.read("values", metric.values);
  r.read("value_label", metric.value_label);
  r.read("static_value", metric.static_value);
  if (metric.values.size() > 1 && metric.value_label.empty())
    r.problem("values", "several values need value_label, the label that holds the column's name");
  if (metric.values.size() <= 1 && !metric.value_label.empty())
    r.problem("value_label", "is for several values");
}

void check_values(MapReader& r, const MetricConfig& metric) {
  if (metric.type == MetricType::Info) {
    if (!metric.values.empty() || metric.static_value) r.problem("value", "an info has no value but 1");
    return;
  }
  if (metric.static_value && !metric.values.empty())
    r.problem("static_value", "give value or static_value, not both");
  if (!metric.static_value && metric.values.empty())
    r.problem("", "value is missing: the column of the value");
  if (metric.static_value && !std::isfinite(*metric.static_value))
    r.problem("static_value", "must be a finite number");
}

void read_histogram(MapReader& r, MetricConfig& metric) {
  r.read("buckets", metric.buckets);
  r.read("count", metric.count);
  r.read("sum", metric.sum);
  if (metric.type != MetricType::Histogram) {
    for (const char* key : {"buckets", "count", "sum"}) {
      if (r.has(key)) r.problem(key, "is for histograms");
    }
    return;
  }
  if (metric.buckets.empty()) r.problem("buckets", "a histogram needs buckets, its upper bounds");
  const bool finite = std::ranges::all_of(metric.buckets, [](double bound) { return std::isfinite(bound); });
  const bool ascending =
      std::ranges::adjacent_find(metric.buckets, std::greater_equal{}) == metric.buckets.end();
  if (!finite || !ascending) r.problem("buckets", "must be finite numbers, each larger than the one before");
  if (metric.buckets.size() > kMaxBuckets)
    r.problem("buckets", fmt::format("more than {} buckets", kMaxBuckets));
  if (metric.values.size() != 1) r.problem("value", "a histogram has one value");
}

}  // namespace

std::vector<std::string> MetricConfig::label_names() const {
  std::vector<std::string> names = labels;
  if (!value_label.empty()) names.push_back(value_label);
  for (const auto& [label, value] : static_labels) names.push_back(label);
  return names;
}

void read_transform(MapReader& r, Transform& transform) {
  r.read_enum("transform", transform, {{"none", Transform::None}, {"sigma_level", Transform::SigmaLevel}});
}

void read_yaml(MapReader& r, MetricConfig& metric) {
  read_type(r, metric.type);
  if (r.require("help", metric.help) && trim(metric.help).empty()) r.problem("help", "is empty");
  r.read("labels", metric.labels);
  r.read("static_labels", metric.static_labels);
  read_values(r, metric);
  check_values(r, metric);
  if (r.read("scale", metric.scale) && (!std::isfinite(metric.scale) || metric.scale == 0))
    r.problem("scale", "must be a number other than 0");
  read_transform(r, metric.transform);
  r.read("optional", metric.optional);
  read_histogram(r, metric);
  if (r.require("name", metric.name)) check_metric_name(r, metric);
  check_labels(r, metric);
}

}  // namespace picket::business
