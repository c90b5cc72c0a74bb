#include "base/metrics/exposition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/metrics/names.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "tests/metrics/sample_families.h"

namespace picket {
namespace {

constexpr auto kText = ExpositionFormat::Text004;
constexpr auto kOpenMetrics = ExpositionFormat::OpenMetrics1;

std::string encode_with(ExpositionFormat format, const std::function<void(MetricWriter&)>& write,
                        SeriesLimit limit = {}) {
  ExpositionWriter writer(format, limit);
  write(writer);
  writer.finish();
  return writer.out();
}

TEST(Exposition, WritesEveryTypeInText004) {
  EXPECT_EQ(encode_with(kText, test::write_every_type), R"(# HELP app_requests_total Requests answered.
# TYPE app_requests_total counter
app_requests_total{handler="/",code="200"} 3
app_requests_total{handler="/a\"b\\c\nd",code="500"} 1e+17
# HELP app_temperature_celsius Temperature; "quoted", back\\slash,\nnew line.
# TYPE app_temperature_celsius gauge
app_temperature_celsius -0.5
# HELP app_latency_seconds Time taken.
# TYPE app_latency_seconds histogram
app_latency_seconds_bucket{path="/x",le="0.005"} 1
app_latency_seconds_bucket{path="/x",le="1.0"} 3
app_latency_seconds_bucket{path="/x",le="1e+06"} 3
app_latency_seconds_bucket{path="/x",le="+Inf"} 4
app_latency_seconds_sum{path="/x"} 2000001.502
app_latency_seconds_count{path="/x"} 4
# HELP app_build_info Constant 1, labelled by build.
# TYPE app_build_info gauge
app_build_info{version="1.0"} 1
# HELP app_mode The mode.
# TYPE app_mode gauge
app_mode{app_mode="slow"} 0
app_mode{app_mode="fast"} 1
# HELP app_state State of each part.
# TYPE app_state gauge
app_state{part="db",state="up"} 1
app_state{part="db",state="down"} 0
# HELP app_bare_seconds No labels.
# TYPE app_bare_seconds histogram
app_bare_seconds_bucket{le="+Inf"} 2
app_bare_seconds_sum 7
app_bare_seconds_count 2
)");
}

TEST(Exposition, WritesEveryTypeInOpenMetrics) {
  EXPECT_EQ(encode_with(kOpenMetrics, test::write_every_type), R"(# TYPE app_requests counter
# HELP app_requests Requests answered.
app_requests_total{handler="/",code="200"} 3 # {trace_id="abc"} 0.25 1767614400.125
app_requests_total{handler="/a\"b\\c\nd",code="500"} 1e+17
# TYPE app_temperature_celsius gauge
# UNIT app_temperature_celsius celsius
# HELP app_temperature_celsius Temperature; \"quoted\", back\\slash,\nnew line.
app_temperature_celsius -0.5
# TYPE app_latency_seconds histogram
# UNIT app_latency_seconds seconds
# HELP app_latency_seconds Time taken.
app_latency_seconds_bucket{path="/x",le="0.005"} 1
app_latency_seconds_bucket{path="/x",le="1.0"} 3 # {trace_id="def"} 0.5
app_latency_seconds_bucket{path="/x",le="1e+06"} 3
app_latency_seconds_bucket{path="/x",le="+Inf"} 4
app_latency_seconds_sum{path="/x"} 2000001.502
app_latency_seconds_count{path="/x"} 4
# TYPE app_build info
# HELP app_build Constant 1, labelled by build.
app_build_info{version="1.0"} 1
# TYPE app_mode stateset
# HELP app_mode The mode.
app_mode{app_mode="slow"} 0
app_mode{app_mode="fast"} 1
# TYPE app_state gauge
# HELP app_state State of each part.
app_state{part="db",state="up"} 1
app_state{part="db",state="down"} 0
# TYPE app_bare_seconds histogram
# UNIT app_bare_seconds seconds
# HELP app_bare_seconds No labels.
app_bare_seconds_bucket{le="+Inf"} 2
app_bare_seconds_sum 7
app_bare_seconds_count 2
# EOF
)");
}

TEST(Exposition, KeepsEveryDoubleExactly) {
  std::vector<double> values = {0.1 + 0.2,
                                5e-324,
                                2.2250738585072009e-308,
                                1e308,
                                -1e308,
                                0.0,
                                -0.0,
                                std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(),
                                9007199254740993.0,
                                1e15,
                                1e22,
                                123456789.123456789,
                                999999.999999999,
                                1e-4,
                                0.000123457,
                                1e-9,
                                300,
                                100000,
                                1.7976931348623157e308,
                                0.30000000000000004,
                                86400.000000001,
                                std::nextafter(0.5, 1),
                                std::nextafter(1.0, 0),
                                std::nextafter(1e6, 0)};
  for (int i = 0; i < 20000; ++i) values.push_back(std::ldexp(1.0 + i * 1.37e-5, i % 300 - 150));
  for (int i = 1; i < 20000; ++i) values.push_back(i * 7919 / 1e9);
  for (const double value : values) {
    const std::string text = encode_with(kText, [&](MetricWriter& w) { w.gauge("x", "").sample({}, value); });
    const std::string number = text.substr(text.find("\nx ") + 3, text.size() - text.find("\nx ") - 4);
    const Result<double> back = parse_double(number);
    ASSERT_TRUE(back) << number;
    ASSERT_EQ(*back, value) << number;
    ASSERT_EQ(std::signbit(*back), std::signbit(value)) << number;
    ASSERT_LE(number.size(), format_double(value).size() + 1) << number;
  }
  const std::string nan =
      encode_with(kText, [](MetricWriter& w) { w.gauge("x", "").sample({}, std::nan("")); });
  EXPECT_EQ(nan, "# TYPE x gauge\nx NaN\n");
}

struct LabelCase {
  std::string value;
  std::string written;
};

TEST(Exposition, EscapesAndRepairsLabelValues) {
  const std::vector<LabelCase> cases = {
      {"", ""},
      {"a", "a"},
      {"abcdefg", "abcdefg"},
      {"abcdefgh", "abcdefgh"},
      {"a value of some more than sixteen bytes", "a value of some more than sixteen bytes"},
      {"\"", "\\\""},
      {"ab\\", "ab\\\\"},
      {"abc\nd", "abc\\nd"},
      {"abcdefgh\"", "abcdefgh\\\""},
      {"\nabcdefghijklmnop", "\\nabcdefghijklmnop"},
      {"tab\tand\rreturn", "tab\tand\rreturn"},
      {"Zürich 東京 🙂", "Zürich 東京 🙂"},
      {"\xff", "\uFFFD"},
      {"good\xc3", "good\uFFFD"},
      {"\xe2\x82 cut", "\uFFFD cut"},
      {"\xc0\xaf overlong", "\uFFFD\uFFFD overlong"},
      {std::string("nul\0byte", 8), "nul\uFFFDbyte"},
      {std::string("\0", 1), "\uFFFD"},
      {std::string(300, '\xff') + "\"", replace_all(std::string(300, 'x'), "x", "\uFFFD") + "\\\""},
  };
  for (const LabelCase& c : cases) {
    ExpositionWriter writer(kText, {});
    writer.gauge("x", "", {"l"}).sample({c.value}, 1);
    EXPECT_EQ(writer.out(), "# TYPE x gauge\nx{l=\"" + c.written + "\"} 1\n");
    const bool repaired = !is_valid_utf8(c.value) || c.value.find('\0') != std::string::npos;
    EXPECT_EQ(writer.report().repaired_labels, repaired ? 1U : 0U) << c.written;
  }
}

TEST(Exposition, CutsAFamilyAtItsSeriesLimitAndCountsTheRest) {
  ExpositionWriter writer(kText, {3});
  FamilyWriter& gauge = writer.gauge("g", "", {"i"});
  for (int i = 0; i < 5; ++i) gauge.sample({std::to_string(i)}, i);
  const HistogramValue histogram{{1}, {1, 1}, 3, {}};
  writer.histogram("h", "").histogram({}, histogram);
  writer.gauge("after", "").sample({}, 1);
  EXPECT_EQ(writer.report().series,
            (std::map<std::string, std::uint64_t, std::less<>>{{"g", 3}, {"after", 1}}));
  EXPECT_EQ(writer.report().overflow,
            (std::map<std::string, std::uint64_t, std::less<>>{{"g", 2}, {"h", 4}}));
  EXPECT_EQ(writer.out(),
            "# TYPE g gauge\ng{i=\"0\"} 0\ng{i=\"1\"} 1\ng{i=\"2\"} 2\n# TYPE after gauge\nafter 1\n");
}

TEST(Exposition, LeavesOutAFamilyWhoseNameIsTaken) {
  for (const ExpositionFormat format : {kText, kOpenMetrics}) {
    ExpositionWriter writer(format, {});
    writer.counter("x_total", "").sample({}, 1);
    writer.gauge("y", "").sample({}, 2);
    writer.counter("x_total", "again").sample({}, 3);
    writer.gauge("x", "clashes in OpenMetrics").sample({}, 4);
    EXPECT_EQ(writer.report().duplicate_families, 2U);
    EXPECT_EQ(writer.out().find("again"), std::string::npos);
    EXPECT_EQ(writer.out().find("clashes"), std::string::npos);
  }
}

TEST(Exposition, AFamilyWithoutSamplesLeavesNoTrace) {
  EXPECT_EQ(encode_with(kOpenMetrics, [](MetricWriter& w) { w.gauge("x", "Nothing to see."); }), "# EOF\n");
}

TEST(Exposition, ShowsOnlyTheFamiliesAskedFor) {
  ExpositionWriter writer(kText, {});
  writer.only({"a", "b_total"});
  writer.gauge("a", "").sample({}, 1);
  writer.counter("b_total", "").sample({}, 2);
  writer.gauge("c", "").sample({}, 3);
  EXPECT_EQ(writer.out(), "# TYPE a gauge\na 1\n# TYPE b_total counter\nb_total 2\n");
}

TEST(Exposition, LeavesOutExemplarsThatAreTooLong) {
  const auto write = [](std::size_t length) {
    Exemplar exemplar{{{"id", std::string(length - 2, 'x')}}, 1, {}};
    return encode_with(kOpenMetrics,
                       [&](MetricWriter& w) { w.counter("c_total", "").sample({}, 1, &exemplar); });
  };
  EXPECT_NE(write(128).find("# {id="), std::string::npos);
  EXPECT_EQ(write(129).find("# {id="), std::string::npos);
}

TEST(Exposition, AFamilyMayBeWrittenOverSeveralPieces) {
  ExpositionWriter writer(kText, {});
  FamilyWriter& family = writer.gauge("x", "", {"l"});
  family.sample({"a"}, 1);
  const std::string first = std::exchange(writer.out(), {});
  family.sample({"b"}, 2);
  writer.finish();
  EXPECT_EQ(first + writer.out(), "# TYPE x gauge\nx{l=\"a\"} 1\nx{l=\"b\"} 2\n");
}

TEST(ExpositionDeathTest, AbortsOnNamesThatNoScraperTakes) {
  ExpositionWriter writer(kText, {});
  EXPECT_DEATH(writer.gauge("0x", ""), "not a metric name: 0x");
  EXPECT_DEATH(writer.gauge("x", "", {"a-b"}), "not a label name: a-b");
  EXPECT_DEATH(writer.gauge("x", "", {"a", "a"}), "twice");
  EXPECT_DEATH(writer.counter("x", ""), "_total");
  EXPECT_DEATH(writer.histogram("x", "", {"le"}), "le is");
  EXPECT_DEATH(writer.gauge("x", "", {"a"}).sample({}, 1), "label values");
}

#ifndef NDEBUG
TEST(ExpositionDeathTest, AbortsOnASeriesThatIsWrittenTwice) {
  ExpositionWriter writer(kText, {});
  FamilyWriter& steps = writer.gauge("step", "", {"name"});
  steps.sample({"ehlo"}, 250);
  steps.sample({"quit"}, 221);
  EXPECT_DEATH(steps.sample({"ehlo"}, 421), "a series of step is written twice: step.name=\"ehlo\"");
  writer.gauge("other_step", "", {"name"}).sample({"ehlo"}, 250);
  writer.gauge("bare", "").sample({}, 1);
  FamilyWriter& repaired = writer.gauge("repaired", "", {"name"});
  repaired.sample({"\xff"}, 1);
  EXPECT_DEATH(repaired.sample({"\xfe"}, 1), "a series of repaired is written twice");
  const HistogramValue value{{1}, {1, 1}, 3, {}};
  FamilyWriter& times = writer.histogram("time", "", {"name"});
  times.histogram({"a"}, value);
  EXPECT_DEATH(times.histogram({"a"}, value), "a series of time is written twice");
}
#endif

TEST(MetricNames, AreThoseOfThePrometheusDataModel) {
  for (const char* good : {"a", "_a", "a:b", "A9_"}) EXPECT_TRUE(is_metric_name(good)) << good;
  for (const char* bad : {"", "9a", "a-b", "ä", "a b"}) EXPECT_FALSE(is_metric_name(bad)) << bad;
  for (const char* good : {"a", "_a", "a9"}) EXPECT_TRUE(is_label_name(good)) << good;
  for (const char* bad : {"", "__name__", "a:b", "9", "a.b"}) EXPECT_FALSE(is_label_name(bad)) << bad;
}

struct AcceptCase {
  std::string accept;
  ExpositionFormat format;
};

TEST(Negotiation, TakesOpenMetricsOnlyWhenItIsAskedForFirst) {
  const std::vector<AcceptCase> cases = {
      {"", kText},
      {"*/*", kText},
      {"text/plain", kText},
      {"text/html,application/xhtml+xml,*/*;q=0.8", kText},
      {"application/openmetrics-text", kOpenMetrics},
      {"application/openmetrics-text; version=1.0.0; charset=utf-8", kOpenMetrics},
      {"Application/OpenMetrics-Text;Version=\"1.0.0\"", kOpenMetrics},
      {"application/openmetrics-text;version=0.0.1", kText},
      {"application/openmetrics-text;q=0", kText},
      {"application/openmetrics-text;q=0,*/*;q=0.1", kText},
      {"application/openmetrics-text;q=0.4,text/plain;q=0.5", kText},
      {"application/openmetrics-text;q=0.5,*/*;q=0.1", kOpenMetrics},
      {"text/plain,application/openmetrics-text", kText},
      {"application/openmetrics-text,text/plain", kOpenMetrics},
      {"application/openmetrics-text, */*", kOpenMetrics},
      {"application/openmetrics-text;q=nonsense", kText},
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpenMetrics},
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
       "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5",
       kOpenMetrics},
      {"text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.8", kText},
      {";;;,,,q=1", kText},
  };
  for (const AcceptCase& c : cases) EXPECT_EQ(negotiate_format(c.accept), c.format) << c.accept;
}

TEST(Histogram, CountsAnObservationInItsBucket) {
  HistogramValue histogram{{1, 2}, {}, 0, {}};
  for (const double value : {0.5, 1.0, 1.5, 2.0, 3.0}) observe(histogram, value);
  EXPECT_EQ(histogram.counts, (std::vector<std::uint64_t>{2, 2, 1}));
  EXPECT_EQ(histogram.sum, 8);
  observe(histogram, std::nan(""));
  EXPECT_EQ(histogram.counts.back(), 2U);
}

}  // namespace
}  // namespace picket
