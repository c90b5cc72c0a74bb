// Rows to series: what is taken, what is dropped and why.
#include "exporters/business/results/conversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/time/timestamp.h"
#include "exporters/business/results/continuity.h"

namespace picket::business {
namespace {

using sql::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t operator""_i(unsigned long long n) {
  return static_cast<std::int64_t>(n);
}

QueryConfig query_of(MetricConfig metric) {
  QueryConfig query;
  query.metrics = {std::move(metric)};
  return query;
}
MetricConfig metric_of(MetricType type) {
  MetricConfig metric;
  metric.type = type;
  metric.name = "m";
  metric.labels = {"region"};
  metric.values = {"n"};
  return metric;
}
sql::Rows rows_of(std::vector<std::string> columns, std::vector<std::vector<Value>> values) {
  sql::Rows rows;
  rows.columns = std::move(columns);
  rows.values = std::move(values);
  return rows;
}
Converted converted(const QueryConfig& query, const sql::Rows& rows) {
  const auto result = convert(query, rows);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result.value_or(Converted{});
}

TEST(Conversion, EachValueColumnOfARowIsASeries) {
  MetricConfig metric = metric_of(MetricType::Gauge);
  metric.values = {"open", "closed"};
  metric.value_label = "state";
  metric.static_labels = {{"shop", "x"}};
  metric.scale = 0.001;
  const Converted made = converted(
      query_of(metric), rows_of({"region", "open", "closed"}, {{"north", 2000_i, 500_i}, {7_i, 1.5, "3e3"}}));
  EXPECT_THAT(made.result.metrics[0].samples,
              ElementsAre(Sample{{"north", "open", "x"}, 2}, Sample{{"north", "closed", "x"}, 0.5},
                          Sample{{"7", "open", "x"}, 0.0015}, Sample{{"7", "closed", "x"}, 3}));
}

TEST(Conversion, ARowWithoutAnOptionalValueIsForAnotherMetric) {
  MetricConfig metric = metric_of(MetricType::Counter);
  metric.optional = true;
  const Converted made =
      converted(query_of(metric), rows_of({"region", "n"}, {{"north", Value()}, {"south", 5_i}}));
  EXPECT_THAT(made.result.metrics[0].samples, ElementsAre(Sample{{"south"}, 5}));
  EXPECT_EQ(made.drops, Drops{});
}

TEST(Conversion, AWrongValueIsDroppedAndCounted) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const struct {
    Value label, value;
    DropReason reason;
  } rows[] = {
      {"a", Value(), DropReason::NullValue},   {Value(), 1_i, DropReason::NullLabel},
      {"a", nan, DropReason::NotANumber},      {"a", "NaN", DropReason::NotANumber},
      {"a", "twelve", DropReason::NotANumber}, {"a", "", DropReason::NotANumber},
      {"a", inf, DropReason::Overflow},        {"a", "+Inf", DropReason::Overflow},
      {"a", -1.0, DropReason::Negative},       {std::string("\xff"), 1_i, DropReason::InvalidUtf8},
  };
  for (const auto& row : rows) {
    const Converted made = converted(query_of(metric_of(MetricType::Counter)),
                                     rows_of({"region", "n"}, {{row.label, row.value}, {"good", 5_i}}));
    EXPECT_THAT(made.result.metrics[0].samples, ElementsAre(Sample{{"good"}, 5})) << to_string(row.reason);
    Drops expected{};
    of(expected, row.reason) = 1;
    EXPECT_EQ(made.drops, expected) << to_string(row.reason);
  }
}

TEST(Conversion, RowsOfTheSameLabelsAllGo) {
  const Converted made =
      converted(query_of(metric_of(MetricType::Gauge)),
                rows_of({"region", "n"}, {{"a", 1_i}, {"b", 2_i}, {"a", 3_i}, {"a", 4_i}}));
  EXPECT_THAT(made.result.metrics[0].samples, ElementsAre(Sample{{"b"}, 2}));
  Drops drops = made.drops;
  EXPECT_EQ(of(drops, DropReason::Duplicate), 3U);
}

TEST(Conversion, LabelsAreNotMixedUp) {
  MetricConfig metric = metric_of(MetricType::Gauge);
  metric.labels = {"region", "line"};
  const Converted made =
      converted(query_of(metric), rows_of({"region", "line", "n"}, {{"a:1", "", 1_i}, {"a", "1:", 2_i}}));
  EXPECT_EQ(made.result.metrics[0].samples.size(), 2U);
}

TEST(Conversion, AnInfoHasTheValueOne) {
  MetricConfig metric = metric_of(MetricType::Info);
  metric.values = {};
  const Converted made = converted(query_of(metric), rows_of({"region"}, {{"a"}}));
  EXPECT_THAT(made.result.metrics[0].samples, ElementsAre(Sample{{"a"}, 1}));
}

TEST(Conversion, AHistogramCountsItsRows) {
  MetricConfig metric = metric_of(MetricType::Histogram);
  metric.buckets = {1, 10};
  const Converted plain = converted(
      query_of(metric), rows_of({"region", "n"}, {{"a", 1_i}, {"a", 2_i}, {"b", 11_i}, {"a", 0.5}}));
  EXPECT_THAT(plain.result.metrics[0].histograms,
              ElementsAre(HistogramSample{{"a"}, {2, 1, 0}, 3.5}, HistogramSample{{"b"}, {0, 0, 1}, 11}));
  metric.count = "times";
  metric.sum = "total";
  metric.scale = 0.001;
  const Converted grouped =
      converted(query_of(metric),
                rows_of({"region", "n", "times", "total"},
                        {{"a", 1000_i, 5_i, 4000_i}, {"a", 99000_i, 2_i, 60000_i}, {"a", 5_i, -1_i, 0_i}}));
  EXPECT_THAT(grouped.result.metrics[0].histograms, ElementsAre(HistogramSample{{"a"}, {5, 0, 2}, 64}));
  Drops drops = grouped.drops;
  EXPECT_EQ(of(drops, DropReason::Negative), 1U);
}

TEST(Conversion, AHistogramNeverCountsBeyondWhatItsNumbersHold) {
  MetricConfig metric = metric_of(MetricType::Histogram);
  metric.buckets = {1};
  metric.count = "times";
  metric.sum = "total";
  const Converted made = converted(
      query_of(metric), rows_of({"region", "n", "times", "total"}, {{"a", 1_i, 9007199254740992_i, 1_i},
                                                                    {"a", 2_i, 1_i, 1_i},
                                                                    {"b", 1_i, 1_i, 1.7e308},
                                                                    {"b", 1_i, 1_i, 1.7e308}}));
  EXPECT_THAT(made.result.metrics[0].histograms,
              ElementsAre(HistogramSample{{"a"}, {9007199254740992U, 0}, 1},
                          HistogramSample{{"b"}, {1, 0}, 1.7e308}));
  Drops drops = made.drops;
  EXPECT_EQ(of(drops, DropReason::Overflow), 2U);
}

TEST(Conversion, AMissingColumnIsNamedBesideThoseThatAre) {
  QueryConfig query = query_of(metric_of(MetricType::Gauge));
  query.watermark = "at";
  const auto made = convert(query, rows_of({"area", "n"}, {}));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "the result has no column region, at; it has area, n");
}

TEST(Conversion, TheSigmaLevelOfAlmostNothingIsANumber) {
  MetricConfig metric = metric_of(MetricType::Gauge);
  metric.transform = Transform::SigmaLevel;
  const Converted made =
      converted(query_of(metric), rows_of({"region", "n"}, {{"a", 1e-310}, {"b", 5e-324}}));
  ASSERT_EQ(made.result.metrics[0].samples.size(), 1U);
  EXPECT_GT(made.result.metrics[0].samples[0].value, 30);
  EXPECT_LT(made.result.metrics[0].samples[0].value, 50);
}

TEST(Conversion, AColumnThatIsThereTwiceIsNamed) {
  const auto made = convert(query_of(metric_of(MetricType::Gauge)), rows_of({"region", "n", "n"}, {}));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "the result has column n twice");
}

TEST(Conversion, TheWatermarkIsTheNewestTime) {
  QueryConfig query = query_of(metric_of(MetricType::Gauge));
  query.watermark = "at";
  const auto newest = [&](const std::vector<Value>& times) {
    std::vector<std::vector<Value>> values;
    values.reserve(times.size());
    for (const Value& time : times) values.push_back({"a", 1_i, time});
    const auto watermark = converted(query, rows_of({"region", "n", "at"}, values)).result.watermark;
    return watermark ? format_rfc3339(*watermark) : "none";
  };
  EXPECT_EQ(newest({}), "none");
  EXPECT_EQ(newest({Value(), "yesterday"}), "none");
  EXPECT_EQ(newest({"9999-99-99", 1e300, "infinity", -5_i}), "none");
  EXPECT_EQ(newest({1767614400_i, 1767614401.5, 3_i}), "2026-01-05T12:00:01.500Z");
  EXPECT_EQ(newest({"2026-01-05 12:00:00", "2026-01-05 11:00:00+00"}), "2026-01-05T12:00:00.000Z");
  EXPECT_EQ(newest({"2026-01-05 12:00:00.25+02", "2026-01-05"}), "2026-01-05T10:00:00.250Z");
  EXPECT_EQ(newest({"2026-01-05T12:00:00+05:30"}), "2026-01-05T06:30:00.000Z");
}

/// The one sample of a counter after `before` was shown and `now` was read.
double shown(double before, double now, Drops& drops) {
  const QueryConfig query = query_of(metric_of(MetricType::Counter));
  QueryResult old, result;
  old.metrics = {Series{{Sample{{"a"}, before}}, {}}};
  result.metrics = {Series{{Sample{{"a"}, now}, Sample{{"new"}, 1}}, {}}};
  keep_counters(query, old, result, drops);
  EXPECT_EQ(result.metrics[0].samples[1].value, 1);
  return result.metrics[0].samples[0].value;
}

TEST(Continuity, ACounterThatFallsALittleKeepsItsValue) {
  Drops drops{};
  EXPECT_EQ(shown(100, 99, drops), 100);
  EXPECT_EQ(shown(100, 50, drops), 100);
  EXPECT_EQ(of(drops, DropReason::Decrease), 2U);
  EXPECT_EQ(shown(100, 49, drops), 49);
  EXPECT_EQ(shown(100, 0, drops), 0);
  EXPECT_EQ(shown(100, 100, drops), 100);
  EXPECT_EQ(shown(100, 101, drops), 101);
  EXPECT_EQ(of(drops, DropReason::Decrease), 2U);
}

TEST(Continuity, AGaugeMayFall) {
  const QueryConfig query = query_of(metric_of(MetricType::Gauge));
  QueryResult old, result;
  old.metrics = {Series{{Sample{{"a"}, 100}}, {}}};
  result.metrics = {Series{{Sample{{"a"}, 99}}, {}}};
  Drops drops{};
  keep_counters(query, old, result, drops);
  EXPECT_EQ(result.metrics[0].samples[0].value, 99);
  EXPECT_EQ(drops, Drops{});
}

TEST(Continuity, AHistogramOfWhichABucketFallsStaysWhole) {
  MetricConfig metric = metric_of(MetricType::Histogram);
  metric.buckets = {1};
  const auto kept = [&](std::vector<std::uint64_t> before, std::vector<std::uint64_t> now) {
    QueryResult old, result;
    old.metrics = {Series{{}, {HistogramSample{{"a"}, std::move(before), 1}}}};
    result.metrics = {Series{{}, {HistogramSample{{"a"}, std::move(now), 2}}}};
    Drops drops{};
    keep_counters(query_of(metric), old, result, drops);
    EXPECT_EQ(of(drops, DropReason::Decrease), result.metrics[0].histograms[0].sum == 1 ? 1U : 0U);
    return result.metrics[0].histograms[0].counts;
  };
  EXPECT_THAT(kept({5, 5}, {6, 5}), ElementsAre(6U, 5U));
  EXPECT_THAT(kept({5, 5}, {5, 4}), ElementsAre(5U, 5U));  // one went
  EXPECT_THAT(kept({5, 5}, {4, 7}), ElementsAre(5U, 5U));  // one moved up
  EXPECT_THAT(kept({5, 5}, {1, 1}), ElementsAre(1U, 1U));  // a reset
}

}  // namespace
}  // namespace picket::business
