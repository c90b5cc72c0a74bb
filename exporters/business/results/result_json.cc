#include "exporters/business/results/result_json.h"

#include <cmath>

#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::business {
namespace {

using nlohmann::json;

bool read_labels(const json& from, std::size_t count, std::vector<std::string>& labels) {
  if (!from.is_array() || from.size() != count) return false;
  for (const json& label : from) {
    if (!label.is_string()) return false;
    labels.push_back(label.get<std::string>());
  }
  return true;
}

bool read_sample(const json& from, std::size_t labels, Sample& sample) {
  if (!from.is_array() || from.size() != 2 || !from[1].is_number()) return false;
  sample.value = from[1].get<double>();
  return std::isfinite(sample.value) && read_labels(from[0], labels, sample.labels);
}

bool read_histogram(const json& from, std::size_t labels, std::size_t buckets, HistogramSample& histogram) {
  if (!from.is_array() || from.size() != 3 || !from[1].is_array() || !from[2].is_number()) return false;
  for (const json& count : from[1]) {
    if (!count.is_number_unsigned()) return false;
    histogram.counts.push_back(count.get<std::uint64_t>());
  }
  histogram.sum = from[2].get<double>();
  return histogram.counts.size() == buckets && read_labels(from[0], labels, histogram.labels);
}

bool read_series(const json& from, const MetricConfig& metric, Series& series) {
  if (!from.is_array()) return false;
  const std::size_t labels = metric.label_names().size();
  for (const json& element : from) {
    if (metric.type == MetricType::Histogram) {
      if (!read_histogram(element, labels, metric.buckets.size() + 1, series.histograms.emplace_back()))
        return false;
    } else if (!read_sample(element, labels, series.samples.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool read_result(const json& from, const QueryConfig& query, QueryResult& result) {
  if (!from.is_object() || !from.contains("rows") || !from["rows"].is_number_unsigned()) return false;
  if (!from.contains("metrics") || !from["metrics"].is_array()) return false;
  if (from["metrics"].size() != query.metrics.size()) return false;
  result.rows = from["rows"].get<std::size_t>();
  if (from.contains("watermark") && from["watermark"].is_number())
    result.watermark = from_unix_seconds(from["watermark"].get<double>());
  for (std::size_t i = 0; i < query.metrics.size(); ++i) {
    if (!read_series(from["metrics"][i], query.metrics[i], result.metrics.emplace_back())) return false;
  }
  return true;
}

}  // namespace

std::string encode_result(const QueryResult& result) {
  json metrics = json::array();
  for (const Series& series : result.metrics) {
    json elements = json::array();
    for (const Sample& sample : series.samples) elements.push_back({sample.labels, sample.value});
    for (const HistogramSample& histogram : series.histograms)
      elements.push_back({histogram.labels, histogram.counts, histogram.sum});
    metrics.push_back(std::move(elements));
  }
  json object = {{"rows", result.rows}, {"metrics", std::move(metrics)}};
  if (result.watermark) object["watermark"] = unix_seconds(*result.watermark);
  return to_json(object);
}

Result<QueryResult> decode_result(std::string_view text, const QueryConfig& query) {
  const Result<json> parsed = parse_json(text, {.bytes = std::size_t{1} << 30U});
  if (!parsed) return fail(ErrorKind::Corrupt, parsed.error().message);
  QueryResult result;
  if (!read_result(*parsed, query, result)) return fail(ErrorKind::Corrupt, "not a result of this query");
  return result;
}

}  // namespace picket::business
