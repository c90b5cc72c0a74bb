#include "base/metrics/metrics_handler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/metrics/registry.h"

namespace picket {
namespace {

/// Families from a function, several steps long.
class FakeCollector final : public Collector {
 public:
  explicit FakeCollector(std::function<void(MetricWriter&)> write) : write_(std::move(write)) {}
  std::string_view name() const override { return "fake"; }
  std::unique_ptr<Collection> collect() override { return collect_once(write_); }

 private:
  std::function<void(MetricWriter&)> write_;
};

/// One family of `count` series, 100 in a step.
class LargeCollector final : public Collector {
 public:
  explicit LargeCollector(int count) : count_(count) {}
  std::string_view name() const override { return "large"; }
  std::unique_ptr<Collection> collect() override { return std::make_unique<Part>(count_); }

 private:
  class Part final : public Collection {
   public:
    explicit Part(int count) : count_(count) {}
    bool step(MetricWriter& writer) override {
      if (family_ == nullptr) family_ = &writer.gauge("large", "", {"i"});
      for (int k = 0; k < 100 && at_ < count_; ++k) family_->sample({std::to_string(at_++)}, 1);
      return at_ < count_;
    }

   private:
    const int count_;
    int at_ = 0;
    FamilyWriter* family_ = nullptr;
  };
  const int count_;
};

Request request_for(std::string_view target, std::string_view accept = "") {
  Request request;
  request.target = *Target::parse(target);
  request.headers.set("Accept", std::string(accept));
  return request;
}

std::string read_all(const Response& response) {
  std::string body;
  while (response.stream->next(body)) {
  }
  return body;
}

std::string own_families(std::string_view limits = "") {
  return std::string(limits) +
         "# HELP app_label_values_repaired_total Label values that were not UTF-8 when shown.\n"
         "# TYPE app_label_values_repaired_total counter\napp_label_values_repaired_total 0\n"
         "# HELP app_families_dropped_total Metric families left out because their name was taken.\n"
         "# TYPE app_families_dropped_total counter\napp_families_dropped_total 0\n";
}

TEST(MetricsHandler, ShowsCollectorsInTheirOrderInTheFormatAskedFor) {
  FakeCollector second([](MetricWriter& w) { w.gauge("a", "").sample({}, 2); });
  FakeCollector first([](MetricWriter& w) { w.counter("b_total", "").sample({}, 1); });
  MetricsHandler handler("app", {});
  handler.add(first);
  handler.add(second);

  const Response text = handler(request_for("/metrics"));
  EXPECT_EQ(text.status, 200);
  EXPECT_EQ(text.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(read_all(text), "# TYPE b_total counter\nb_total 1\n# TYPE a gauge\na 2\n" + own_families());

  const Response open_metrics =
      handler(request_for("/metrics", "application/openmetrics-text;version=1.0.0"));
  EXPECT_EQ(open_metrics.headers.get("Content-Type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
  const std::string body = read_all(open_metrics);
  EXPECT_TRUE(body.starts_with("# TYPE b counter\nb_total 1\n")) << body;
  EXPECT_TRUE(body.ends_with("# EOF\n"));
}

TEST(MetricsHandler, StreamsInPiecesOfBoundedSize) {
  LargeCollector large(100'000);
  MetricsHandler handler("app", {});
  handler.add(large);
  const Response response = handler(request_for("/metrics"));
  std::size_t total = 0;
  std::size_t largest = 0;
  for (bool more = true; more;) {
    std::string piece;
    more = response.stream->next(piece);
    total += piece.size();
    largest = std::max(largest, piece.size());
  }
  EXPECT_GT(total, 1'000'000U);
  EXPECT_LT(largest, 70U * 1024);
}

TEST(MetricsHandler, FiltersByName) {
  FakeCollector fake([](MetricWriter& w) {
    w.gauge("a", "").sample({}, 1);
    w.counter("b_total", "").sample({}, 2);
    w.gauge("c", "").sample({}, 3);
  });
  MetricsHandler handler("app", {});
  handler.add(fake);
  EXPECT_EQ(read_all(handler(request_for("/metrics?name[]=c&name%5B%5D=b_total&other=x"))),
            "# TYPE b_total counter\nb_total 2\n# TYPE c gauge\nc 3\n");
}

TEST(MetricsHandler, KeepsTotalsOfWhatItLeftOut) {
  std::atomic<int> count = 12;
  FakeCollector fake([&](MetricWriter& w) {
    FamilyWriter& family = w.gauge("g", "", {"i"});
    for (int i = 0; i < count; ++i) family.sample({std::to_string(i)}, 1);
    w.gauge("small", "").sample({}, 1);
  });
  MetricsHandler handler("app", {10});
  handler.add(fake);
  const auto limits = [](int series, int overflow) {
    return fmt::format(
        "# HELP app_series Series held per metric family.\n# TYPE app_series gauge\n"
        "app_series{{family=\"g\"}} {}\n"
        "# HELP app_series_limit Configured series limit per metric family.\n# TYPE app_series_limit gauge\n"
        "app_series_limit{{family=\"g\"}} 10\n"
        "# HELP app_series_overflow_total Series left out of answers because the limit of their family was "
        "reached.\n# TYPE app_series_overflow_total counter\napp_series_overflow_total{{family=\"g\"}} {}\n",
        series, overflow);
  };
  const auto scrape = [&] { return read_all(handler(request_for("/metrics"))); };
  EXPECT_TRUE(scrape().ends_with(own_families(limits(10, 2))));
  EXPECT_TRUE(scrape().ends_with(own_families(limits(10, 4))));
  count = 3;
  EXPECT_TRUE(scrape().ends_with(own_families(limits(3, 4))));
}

TEST(MetricsHandler, CountsRepairedLabelsAndDroppedFamilies) {
  FakeCollector fake([](MetricWriter& w) {
    w.gauge("g", "", {"i"}).sample({"\xff"}, 1);
    w.gauge("g", "").sample({}, 1);
  });
  MetricsHandler handler("app", {});
  handler.add(fake);
  read_all(handler(request_for("/metrics")));
  const std::string body = read_all(handler(request_for("/metrics")));
  EXPECT_NE(body.find("\napp_label_values_repaired_total 2\n"), std::string::npos) << body;
  EXPECT_NE(body.find("\napp_families_dropped_total 2\n"), std::string::npos) << body;
}

TEST(MetricsHandler, AnswersManyScrapesAtOnce) {
  LargeCollector large(5'000);
  MetricsHandler handler("app", {1'000});
  handler.add(large);
  const std::size_t size = read_all(handler(request_for("/metrics?name[]=large"))).size();
  std::vector<std::jthread> scrapers;
  scrapers.reserve(8);
  for (int i = 0; i < 8; ++i) {
    scrapers.emplace_back([&] {
      for (int k = 0; k < 20; ++k)
        EXPECT_EQ(read_all(handler(request_for("/metrics?name[]=large"))).size(), size);
    });
  }
  scrapers.clear();
  const std::string body = read_all(handler(request_for("/metrics")));
  EXPECT_NE(body.find("app_series_overflow_total{family=\"large\"} 648000\n"), std::string::npos);
}

TEST(MetricRegistry, ShowsItsMetrics) {
  MetricRegistry registry;
  registry.counter("app_hits_total", "Hits.").Add({{"code", "200"}}).Increment(3);
  registry.gauge("app_build_info", "Build.").Add({{"version", "1"}}).Set(1);
  auto& gauges = registry.gauge("app_mixed", "Labels differ.");
  gauges.Add({{"a", "1"}}).Set(0.1 + 0.2);
  auto& times = registry.histogram("app_time_seconds", "Time.");
  auto& time = times.Add({{"handler", "x"}}, prometheus::Histogram::BucketBoundaries{0.1, 1});
  for (const double seconds : {0.05, 0.5, 5.0}) time.Observe(seconds);

  Collector* const collectors[] = {&registry};
  EXPECT_EQ(
      encode(collectors, ExpositionFormat::OpenMetrics1),
      "# TYPE app_hits counter\n# HELP app_hits Hits.\napp_hits_total{code=\"200\"} 3\n"
      "# TYPE app_build info\n# HELP app_build Build.\napp_build_info{version=\"1\"} 1\n"
      "# TYPE app_mixed gauge\n# HELP app_mixed Labels differ.\napp_mixed{a=\"1\"} 0.30000000000000004\n"
      "# TYPE app_time_seconds histogram\n# UNIT app_time_seconds seconds\n# HELP app_time_seconds Time.\n"
      "app_time_seconds_bucket{handler=\"x\",le=\"0.1\"} "
      "1\napp_time_seconds_bucket{handler=\"x\",le=\"1.0\"} 2\n"
      "app_time_seconds_bucket{handler=\"x\",le=\"+Inf\"} 3\napp_time_seconds_sum{handler=\"x\"} 5.55\n"
      "app_time_seconds_count{handler=\"x\"} 3\n# EOF\n");
}

TEST(MetricRegistry, LabelsThatAMetricLacksAreEmpty) {
  MetricRegistry registry;
  auto& gauges = registry.gauge("x", "");
  gauges.Add({{"a", "1"}}).Set(1);
  gauges.Add({{"b", "2"}}).Set(2);
  Collector* const collectors[] = {&registry};
  const std::string text = encode(collectors, ExpositionFormat::Text004);
  EXPECT_TRUE(text.find("x{a=\"1\",b=\"\"} 1\n") != std::string::npos ||
              text.find("x{b=\"\",a=\"1\"} 1\n") != std::string::npos)
      << text;
}

}  // namespace
}  // namespace picket
