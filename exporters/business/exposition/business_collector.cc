#include "exporters/business/exposition/business_collector.h"

#include "base/metrics/exposition.h"
#include "base/time/timestamp.h"

namespace picket::business {
namespace {

using Queries = std::vector<QueryStatus>;
using Lanes = std::vector<LaneStatus>;

void write_lanes(MetricWriter& writer, const Lanes& lanes) {
  FamilyWriter& up = writer.gauge(
      "business_up", "1 if the last connection attempt to the database succeeded.", {"database"});
  for (const LaneStatus& lane : lanes) {
    if (lane.up) up.sample({lane.database}, *lane.up ? 1 : 0);
  }
  FamilyWriter& connections = writer.gauge("business_database_connections",
                                           "Exporter connections (idle, busy).", {"database", "state"});
  for (const LaneStatus& lane : lanes) {
    connections.sample({lane.database, "idle"}, static_cast<double>(lane.idle));
    connections.sample({lane.database, "busy"}, static_cast<double>(lane.busy));
  }
  FamilyWriter& failures =
      writer.counter("business_database_connect_failures_total", "Connection attempts failed.", {"database"});
  for (const LaneStatus& lane : lanes)
    failures.sample({lane.database}, static_cast<double>(lane.connect_failures));
}

void write_runs(MetricWriter& writer, const Queries& queries) {
  FamilyWriter& runs = writer.counter("business_query_runs_total", "Query runs finished.", {"query"});
  for (const QueryStatus& query : queries) runs.sample({query.config->name}, static_cast<double>(query.runs));
  FamilyWriter& failures = writer.counter(
      "business_query_failures_total",
      "Query runs failed (connect, timeout, cancelled, sql, shape, cardinality).", {"query", "reason"});
  for (const QueryStatus& query : queries) {
    for (std::size_t i = 0; i < kFailureReasons; ++i)
      failures.sample({query.config->name, to_string(static_cast<FailureReason>(i))},
                      static_cast<double>(query.failures[i]));
  }
  FamilyWriter& drops = writer.counter(
      "business_query_rows_dropped_total",
      "Rows or values dropped (null_value, null_label, not_a_number, overflow, negative, invalid_utf8, "
      "duplicate, decrease).",
      {"query", "reason"});
  for (const QueryStatus& query : queries) {
    for (std::size_t i = 0; i < kDropReasons; ++i)
      drops.sample({query.config->name, to_string(static_cast<DropReason>(i))},
                   static_cast<double>(query.drops[i]));
  }
  FamilyWriter& durations =
      writer.histogram("business_query_duration_seconds", "Query time, from send to last row.", {"query"});
  for (const QueryStatus& query : queries) durations.histogram({query.config->name}, query.durations);
}

void write_freshness(MetricWriter& writer, const Queries& queries) {
  FamilyWriter& rows = writer.gauge("business_query_rows", "Rows of the last successful run.", {"query"});
  for (const QueryStatus& query : queries) {
    if (query.result) rows.sample({query.config->name}, static_cast<double>(query.result->rows));
  }
  FamilyWriter& success = writer.gauge("business_query_last_success_timestamp_seconds",
                                       "Unix time of the last successful run.", {"query"});
  for (const QueryStatus& query : queries) {
    if (query.last_success) success.sample({query.config->name}, unix_seconds(*query.last_success));
  }
  FamilyWriter& interval =
      writer.gauge("business_query_interval_seconds", "Configured run interval.", {"query"});
  for (const QueryStatus& query : queries)
    interval.sample({query.config->name}, seconds(query.config->interval));
  FamilyWriter& stale =
      writer.gauge("business_query_stale",
                   "1 if the result is older than max_age and its series are withdrawn.", {"query"});
  for (const QueryStatus& query : queries) stale.sample({query.config->name}, query.stale ? 1 : 0);
  FamilyWriter& watermark = writer.gauge("business_data_watermark_timestamp_seconds",
                                         "Newest event time in the source data.", {"query"});
  for (const QueryStatus& query : queries) {
    if (query.result && query.result->watermark)
      watermark.sample({query.config->name}, unix_seconds(*query.result->watermark));
  }
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// Writes the series of a query, a part at a time.
class ResultText {
 public:
  static constexpr std::size_t kPart = 1000;  ///< series

  /// False when there was nothing more to write.
  bool write_part(MetricWriter& writer, const QueryStatus& query) {
    if (!query.result || metric_ == query.config->metrics.size()) return false;
    const MetricConfig& metric = query.config->metrics[metric_];
    const Series& series = query.result->metrics[metric_];
    if (family_ == nullptr) family_ = &family_of(metric, writer);
    std::size_t left = kPart;
    for (; sample_ < series.samples.size() && left > 0; ++sample_, --left)
      family_->sample(views(series.samples[sample_].labels), series.samples[sample_].value);
    for (; histogram_ < series.histograms.size() && left > 0; ++histogram_, --left) {
      const HistogramSample& sample = series.histograms[histogram_];
      family_->histogram(views(sample.labels), HistogramValue{metric.buckets, sample.counts, sample.sum, {}});
    }
    if (left > 0) *this = ResultText(metric_ + 1);
    return true;
  }

  ResultText() = default;

 private:
  explicit ResultText(std::size_t metric) : metric_(metric) {}

  static FamilyWriter& family_of(const MetricConfig& metric, MetricWriter& writer) {
    const std::vector<std::string> names = metric.label_names();
    const std::vector<std::string_view> labels = views(names);
    return writer.family({metric.type, metric.name, metric.help, std::span(labels)});
  }

  std::size_t metric_ = 0, sample_ = 0, histogram_ = 0;  ///< that are next
  FamilyWriter* family_ = nullptr;
};

/// The results in parts, then what is told of all queries.
class BusinessCollection final : public Collection {
 public:
  BusinessCollection(Queries queries, Lanes lanes) : queries_(std::move(queries)), lanes_(std::move(lanes)) {}

  bool step(MetricWriter& writer) override {
    if (next_ < queries_.size()) {
      if (text_.write_part(writer, queries_[next_])) return true;
      text_ = {};
      ++next_;
      return true;
    }
    write_lanes(writer, lanes_);
    write_runs(writer, queries_);
    write_freshness(writer, queries_);
    return false;
  }

 private:
  const Queries queries_;
  const Lanes lanes_;
  std::size_t next_ = 0;
  ResultText text_;  ///< of the next
};

}  // namespace

std::unique_ptr<Collection> BusinessCollector::collect() {
  return std::make_unique<BusinessCollection>(sources_.queries(), sources_.lanes());
}

std::string metrics_text(const QueryStatus& query) {
  ExpositionWriter writer(ExpositionFormat::Text004, {});
  ResultText text;
  while (text.write_part(writer, query)) {
  }
  writer.finish();
  return writer.out();
}

}  // namespace picket::business
