// Rows of any values become series of finite numbers under labels that are UTF-8 and differ; counters never
// fall a little; what is stored reads the same again, and any bytes in its place are refused or make a result
// of the query's shape.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/escape.h"
#include "exporters/business/results/continuity.h"
#include "exporters/business/results/conversion.h"
#include "exporters/business/results/result_json.h"

namespace picket::business {
namespace {

MetricConfig metric_of(MetricType type, std::vector<std::string> values) {
  MetricConfig metric;
  metric.type = type;
  metric.name = "m";
  metric.labels = {"a"};
  metric.values = std::move(values);
  return metric;
}

const QueryConfig& query() {
  static const QueryConfig made = [] {
    QueryConfig query;
    query.watermark = "c";
    query.metrics = {metric_of(MetricType::Counter, {"b"}), metric_of(MetricType::Gauge, {"b", "c"}),
                     metric_of(MetricType::Histogram, {"b"}), metric_of(MetricType::Info, {}),
                     metric_of(MetricType::Gauge, {"c"})};
    query.metrics[1].value_label = "kind";
    query.metrics[1].scale = 1e300;
    query.metrics[2].buckets = {-1, 0, 1e10};
    query.metrics[2].count = "c";
    query.metrics[2].sum = "d";
    query.metrics[4].transform = Transform::SigmaLevel;
    return query;
  }();
  return made;
}

/// Values out of bytes: a first byte says of which kind.
class Bytecode {
 public:
  explicit Bytecode(std::string_view bytes) : bytes_(bytes) {}
  bool more() const { return !bytes_.empty(); }

  sql::Value value() {
    switch (byte() % 5) {
      case 0:
        return {};
      case 1:
        return static_cast<std::int64_t>(word());
      case 2:
        return static_cast<std::int64_t>(byte());
      case 3: {
        const std::uint64_t bits = word();
        double real = 0;
        std::memcpy(&real, &bits, sizeof real);
        return real;
      }
      default:
        return std::string(take(byte() % 16));
    }
  }
  sql::Rows rows() {
    sql::Rows rows;
    rows.columns = {"a", "b", "c", "d"};
    for (unsigned count = byte() % 64; count > 0 && more(); --count)
      rows.values.push_back({value(), value(), value(), value()});
    return rows;
  }

 private:
  std::string_view take(std::size_t count) {
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  std::uint8_t byte() {
    const std::string_view one = take(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one[0]);
  }
  std::uint64_t word() {
    std::uint64_t word = 0;
    const std::string_view eight = take(sizeof word);
    std::memcpy(&word, eight.data(), eight.size());
    return word;
  }

  std::string_view bytes_;
};

template <class T>
void check_labels(const std::vector<T>& samples, std::size_t labels, bool differ) {
  std::set<std::vector<std::string>> seen;
  for (const T& sample : samples) {
    check(sample.labels.size() == labels, "a sample without its labels");
    for (const std::string& label : sample.labels) check(is_valid_utf8(label), "a label that is no UTF-8");
    check(seen.insert(sample.labels).second || !differ, "two samples of the same labels");
  }
}

void check_shape(const QueryResult& result, bool differ) {
  check(result.metrics.size() == query().metrics.size(), "a metric too few");
  for (std::size_t i = 0; i < result.metrics.size(); ++i) {
    const MetricConfig& metric = query().metrics[i];
    const Series& series = result.metrics[i];
    check_labels(series.samples, metric.label_names().size(), differ);
    check_labels(series.histograms, metric.label_names().size(), differ);
    for (const Sample& sample : series.samples) {
      check(std::isfinite(sample.value), "a sample that is no number");
      check(!differ || metric.type != MetricType::Counter || sample.value >= 0, "a counter below zero");
    }
    for (const HistogramSample& sample : series.histograms) {
      check(std::isfinite(sample.sum), "a sum that is no number");
      check(sample.counts.size() == metric.buckets.size() + 1, "a histogram of other buckets");
    }
  }
}

void convert_twice(Bytecode code) {
  Result<Converted> before = convert(query(), code.rows());
  Result<Converted> now = convert(query(), code.rows());
  check(before && now, "columns that are there are missing");
  check_shape(before->result, true);
  keep_counters(query(), before->result, now->result, now->drops);
  check_shape(now->result, true);
  const Series& fell = now->result.metrics[0];
  for (const Sample& old : before->result.metrics[0].samples) {
    for (const Sample& sample : fell.samples) {
      check(sample.labels != old.labels || sample.value >= old.value || sample.value < old.value / 2,
            "a counter that fell a little");
    }
  }
  const auto again = decode_result(encode_result(now->result), query());
  check(again.has_value(), "a stored result that does not read");
  for (std::size_t i = 0; i < query().metrics.size(); ++i) {
    check(again->metrics[i].samples == now->result.metrics[i].samples, "a sample that reads otherwise");
    check(again->metrics[i].histograms == now->result.metrics[i].histograms,
          "a histogram that reads otherwise");
  }
}

void decode(std::string_view text) {
  const auto result = decode_result(text, query());
  if (result) check_shape(*result, false);
}

}  // namespace
}  // namespace picket::business

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  if (bytes.front() == '{')
    picket::business::decode(bytes);
  else
    picket::business::convert_twice(picket::business::Bytecode(bytes.substr(1)));
  return 0;
}
