#include "exporters/business/results/conversion.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/business/queries/sigma_level.h"

namespace picket::business {
namespace {

// 2^53: beyond it a double, and so Prometheus, does not hold every integer.
constexpr std::uint64_t kCountMax = 9007199254740992;

std::optional<std::size_t> column_of(const sql::Rows& rows, std::string_view name) {
  const auto found = std::ranges::find(rows.columns, name);
  if (found == rows.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rows.columns.begin());
}

/// A value, or why there is none.
struct Number {
  double value = 0;
  std::optional<DropReason> dropped{};
};

Number number_of(const sql::Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return {0, DropReason::NullValue};
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return {static_cast<double>(*integer)};
  double real = 0;
  if (const auto* text = std::get_if<std::string>(&value)) {
    const Result<double> parsed = parse_double(trim(*text));
    if (!parsed) return {0, DropReason::NotANumber};
    real = *parsed;
  } else {
    real = std::get<double>(value);
  }
  if (std::isnan(real)) return {0, DropReason::NotANumber};
  if (std::isinf(real)) return {0, DropReason::Overflow};
  return {real};
}

std::string label_text(const sql::Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return format_double(*real);
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? "" : *text;
}

std::string key_of(const std::vector<std::string>& labels) {
  std::string key;
  for (const std::string& label : labels) key += fmt::format("{}:{}", label.size(), label);
  return key;
}

/// Positions of a metric's columns in the rows.
struct Columns {
  std::vector<std::size_t> labels;
  std::vector<std::size_t> values;
  std::optional<std::size_t> count, sum;
};

/// Makes the series of one metric, row by row.
class SeriesMaker {
 public:
  SeriesMaker(const MetricConfig& metric, Columns columns, Drops& drops)
      : metric_(metric), columns_(std::move(columns)), drops_(drops) {}

  void add(const std::vector<sql::Value>& row) {
    std::optional<std::vector<std::string>> labels = labels_of(row);
    if (!labels) return;
    if (metric_.type == MetricType::Histogram) return observe(row, with_static(*labels));
    if (columns_.values.empty()) return add_sample(with_static(*labels), {metric_.static_value.value_or(1)});
    for (std::size_t i = 0; i < columns_.values.size(); ++i) {
      std::vector<std::string> own = *labels;
      if (!metric_.value_label.empty()) own.push_back(metric_.values[i]);
      add_sample(with_static(std::move(own)), number_of(row[columns_.values[i]]));
    }
  }

  Series take() {
    std::erase_if(series_.samples, [this](const Sample& sample) { return is_duplicate(sample.labels); });
    return std::move(series_);
  }

 private:
  /// A histogram so far.
  struct Observed {
    std::size_t place;  ///< in the series
    std::uint64_t count = 0;
  };

  void drop(DropReason reason) { ++of(drops_, reason); }

  std::optional<std::vector<std::string>> labels_of(const std::vector<sql::Value>& row) {
    std::vector<std::string> labels;
    for (const std::size_t column : columns_.labels) {
      if (std::holds_alternative<std::monostate>(row[column]))
        return drop(DropReason::NullLabel), std::nullopt;
      labels.push_back(label_text(row[column]));
      if (!is_valid_utf8(labels.back())) return drop(DropReason::InvalidUtf8), std::nullopt;
    }
    return labels;
  }

  std::vector<std::string> with_static(std::vector<std::string> labels) const {
    for (const auto& [name, value] : metric_.static_labels) labels.push_back(value);
    return labels;
  }

  void add_sample(std::vector<std::string> labels, Number number) {
    if (metric_.optional && number.dropped == DropReason::NullValue) return;
    number.value *= metric_.scale;
    if (metric_.transform == Transform::SigmaLevel && !number.dropped) {
      const std::optional<double> level = sigma_level(number.value);
      if (!level) return;  // it has none: no defect, or nothing but defects
      number.value = *level;
    }
    if (!number.dropped && std::isinf(number.value)) number.dropped = DropReason::Overflow;
    if (!number.dropped && metric_.type == MetricType::Counter && number.value < 0)
      number.dropped = DropReason::Negative;
    if (number.dropped) return drop(*number.dropped);
    if (++rows_of_[key_of(labels)] > 1) {
      drop(DropReason::Duplicate);
      if (rows_of_[key_of(labels)] == 2) drop(DropReason::Duplicate);  // the first one goes too
      return;
    }
    series_.samples.push_back({std::move(labels), number.value});
  }

  bool is_duplicate(const std::vector<std::string>& labels) const { return rows_of_.at(key_of(labels)) > 1; }

  void observe(const std::vector<sql::Value>& row, std::vector<std::string> labels) {
    Number value = number_of(row[columns_.values.front()]);
    if (metric_.optional && value.dropped == DropReason::NullValue) return;
    const Number count = columns_.count ? number_of(row[*columns_.count]) : Number{1};
    value.value *= metric_.scale;
    Number sum = columns_.sum ? number_of(row[*columns_.sum]) : Number{value.value * count.value};
    if (columns_.sum) sum.value *= metric_.scale;
    for (const Number& number : {value, count, sum}) {
      if (number.dropped) return drop(*number.dropped);
      if (std::isinf(number.value)) return drop(DropReason::Overflow);
    }
    if (count.value < 0) return drop(DropReason::Negative);
    if (count.value > static_cast<double>(kCountMax)) return drop(DropReason::Overflow);
    if (count.value != std::floor(count.value)) return drop(DropReason::NotANumber);
    Observed& to = histogram_of(std::move(labels));
    HistogramSample& histogram = series_.histograms[to.place];
    const auto times = static_cast<std::uint64_t>(count.value);
    if (to.count + times > kCountMax || std::isinf(histogram.sum + sum.value))
      return drop(DropReason::Overflow);
    to.count += times;
    const auto bucket = std::ranges::lower_bound(metric_.buckets, value.value) - metric_.buckets.begin();
    histogram.counts[static_cast<std::size_t>(bucket)] += times;
    histogram.sum += sum.value;
  }

  Observed& histogram_of(std::vector<std::string> labels) {
    const auto [at, fresh] = histogram_at_.emplace(key_of(labels), Observed{series_.histograms.size()});
    if (fresh) {
      series_.histograms.push_back(
          {std::move(labels), std::vector<std::uint64_t>(metric_.buckets.size() + 1), 0});
    }
    return at->second;
  }

  const MetricConfig& metric_;
  const Columns columns_;
  Drops& drops_;
  Series series_;
  std::unordered_map<std::string, std::size_t> rows_of_;    ///< by labels
  std::unordered_map<std::string, Observed> histogram_at_;  ///< by labels
};

/// Finds columns and remembers which are missing.
class ColumnFinder {
 public:
  explicit ColumnFinder(const sql::Rows& rows) : rows_(rows) {}

  std::size_t find(const std::string& name) {
    if (std::ranges::count(rows_.columns, name) > 1 && std::ranges::find(repeated_, name) == repeated_.end())
      repeated_.push_back(name);
    const std::optional<std::size_t> column = column_of(rows_, name);
    if (!column && std::ranges::find(missing_, name) == missing_.end()) missing_.push_back(name);
    return column.value_or(0);
  }
  Columns of(const MetricConfig& metric) {
    Columns columns;
    for (const std::string& label : metric.labels) columns.labels.push_back(find(label));
    for (const std::string& value : metric.values) columns.values.push_back(find(value));
    if (!metric.count.empty()) columns.count = find(metric.count);
    if (!metric.sum.empty()) columns.sum = find(metric.sum);
    return columns;
  }
  Result<void> verdict() const {
    if (!repeated_.empty())
      return fail(ErrorKind::InvalidInput,
                  fmt::format("the result has column {} twice", join(repeated_, ", ")));
    if (missing_.empty()) return {};
    return fail(ErrorKind::InvalidInput, fmt::format("the result has no column {}; it has {}",
                                                     join(missing_, ", "), join(rows_.columns, ", ")));
  }

 private:
  const sql::Rows& rows_;
  std::vector<std::string> missing_, repeated_;
};

/// Unix seconds, or a date and time: RFC 3339, or as databases write it ("2026-11-30 12:00:00.5+00"), UTC
/// without a zone.
std::optional<WallTime> time_of(const sql::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || parse_double(*text)) {
    const Number number = number_of(value);
    return number.dropped ? std::nullopt : std::optional(from_unix_seconds(number.value));
  }
  std::string stamp = *text;
  constexpr std::size_t kDate = 10;
  if (stamp.size() == kDate) stamp += "T00:00:00";
  if (stamp.size() > kDate && stamp[kDate] == ' ') stamp[kDate] = 'T';
  const std::size_t zone = stamp.find_first_of("+-Z", std::min(stamp.size(), kDate));
  if (zone == std::string::npos)
    stamp += "Z";
  else if (stamp.size() - zone == 3)
    stamp += ":00";
  const Result<WallTime> parsed = parse_rfc3339(stamp);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

/// Times that cannot be are left out: one far ahead would hide that the data is old.
std::optional<WallTime> newest(const sql::Rows& rows, std::size_t column) {
  constexpr WallTime kFirst{}, kLast{std::chrono::hours(24) * 365 * 200};
  std::optional<WallTime> newest;
  for (const std::vector<sql::Value>& row : rows.values) {
    const std::optional<WallTime> time = time_of(row[column]);
    if (time && *time >= kFirst && *time < kLast && (!newest || *newest < *time)) newest = time;
  }
  return newest;
}

}  // namespace

Result<Converted> convert(const QueryConfig& query, const sql::Rows& rows) {
  ColumnFinder finder(rows);
  std::vector<Columns> columns;
  columns.reserve(query.metrics.size());
  for (const MetricConfig& metric : query.metrics) columns.push_back(finder.of(metric));
  const std::size_t watermark = query.watermark.empty() ? 0 : finder.find(query.watermark);
  if (const Result<void> found = finder.verdict(); !found) return fail(found);

  Converted converted;
  converted.result.rows = rows.size();
  if (!query.watermark.empty()) converted.result.watermark = newest(rows, watermark);
  for (std::size_t i = 0; i < query.metrics.size(); ++i) {
    SeriesMaker maker(query.metrics[i], std::move(columns[i]), converted.drops);
    for (const std::vector<sql::Value>& row : rows.values) maker.add(row);
    converted.result.metrics.push_back(maker.take());
  }
  return converted;
}

}  // namespace picket::business
