// What others read out of our text: promtool, the reference parser of OpenMetrics, a real Prometheus.
#include <gtest/gtest.h>

#include "base/metrics/exposition.h"
#include "base/text/strings.h"
#include "tests/metrics/sample_families.h"
#include "tests/support/peer_server.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket {
namespace {

constexpr std::string_view kParse = R"(
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
text = sys.stdin.buffer.read().decode("utf-8")
for family in text_string_to_metric_families(text):
    print(family.type, family.name, family.unit or "-", len(family.samples))
    for sample in family.samples:
        if sample.labels.get("code") == "500": print(repr(sample.labels["handler"]), sample.value)
        if sample.exemplar: print(sample.exemplar.labels, sample.exemplar.value, sample.exemplar.timestamp)
)";

std::string encode_sample(ExpositionFormat format) {
  ExpositionWriter writer(format, {});
  test::write_every_type(writer);
  writer.gauge("app_awkward", "Bad \xff bytes.", {"text"})
      .sample({std::string_view("a\0b\xff\x01\r\t", 7)}, 0.1 + 0.2);
  writer.finish();
  return writer.out();
}

TEST(ForeignParsers, TheReferenceParserReadsOpenMetrics) {
  const test::Finished parsed = test::run_to_end({{"/usr/bin/python3", "-c", std::string(kParse)},
                                                  {},
                                                  {},
                                                  encode_sample(ExpositionFormat::OpenMetrics1)});
  EXPECT_EQ(parsed.exit_code, 0) << parsed.errors;
  EXPECT_EQ(parsed.output,
            "counter app_requests - 2\n"
            "{'trace_id': 'abc'} 0.25 1767614400.125000000\n"
            "'/a\"b\\\\c\\nd' 1e+17\n"
            "gauge app_temperature_celsius celsius 1\n"
            "histogram app_latency_seconds seconds 6\n"
            "{'trace_id': 'def'} 0.5 None\n"
            "info app_build - 1\n"
            "stateset app_mode - 2\n"
            "gauge app_state - 2\n"
            "histogram app_bare_seconds seconds 3\n"
            "gauge app_awkward - 1\n");
}

TEST(ForeignParsers, PromtoolFindsNothingWrongWithText004) {
  const test::Finished checked =
      test::run_to_end({{test::find_program("promtool", "prometheus"), "check", "metrics"},
                        {},
                        {},
                        encode_sample(ExpositionFormat::Text004)});
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
  EXPECT_EQ(checked.output + checked.errors, "");
}

TEST(ForeignParsers, PrometheusScrapesBothFormatsToTheSameSeries) {
  const test::LocalPeer peer([](const test::PeerRequest& request) {
    const bool text = request.path == "/text";
    const ExpositionFormat format =
        text ? ExpositionFormat::Text004 : negotiate_format(request.header("Accept"));
    return test::PeerAnswer{
        200, encode_sample(format), {{"Content-Type", std::string(content_type(format))}}};
  });
  std::string config = "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n";
  for (const std::string_view job : {"text", "openmetrics"}) {
    config += fmt::format(
        "- {{job_name: {0}, metrics_path: /{0}, static_configs: [{{targets: [\"127.0.0.1:{1}\"]}}]}}\n", job,
        peer.port());
  }
  test::PrometheusServer prometheus(config);
  ASSERT_TRUE(test::wait_until(std::chrono::seconds(15), std::chrono::milliseconds(100), [&] {
    return prometheus.value("sum(up)") == 2;
  })) << prometheus.query("up");
  const std::string_view matched =
      R"(count({job="text",__name__=~"app_.*"}) - count({job="openmetrics",__name__=~"app_.*"}))";
  EXPECT_EQ(prometheus.value(std::string(matched)), 0) << prometheus.query(R"({__name__=~"app_.*"})");
  EXPECT_EQ(prometheus.value(R"(count({job="text",__name__=~"app_.*"}))"), 18);
  EXPECT_EQ(prometheus.value("app_awkward{job=\"text\"} - 0.3 > 0 and app_awkward != 0.3"),
            (0.1 + 0.2) - 0.3);
  EXPECT_EQ(prometheus.value(R"(app_latency_seconds_bucket{job="openmetrics",le="1.0"})"), 3);
}

}  // namespace
}  // namespace picket
