#include "tools/demo/history/history.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/business/demo/demo_run.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace picket::demo {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kUntil = 1'796'060'000;

std::string content_of(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A history over a small company, which ends when the company's does.
class History : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_dir = std::make_unique<test::TempDir>();
    business::DemoOptions options;
    options.dsn = *sql::Dsn::parse("sqlite:" + shared_dir->file("demo.db"));
    options.organisations = 50;
    options.customers = 2500;
    options.days = 50;
    options.until = WallTime(std::chrono::seconds(kUntil));
    const auto filled = business::fill_demo(options, SystemClock(), [](const std::string&) {}, {});
    ASSERT_TRUE(filled) << filled.error().message;
  }
  static void TearDownTestSuite() { shared_dir.reset(); }

  static HistoryOptions options(std::int64_t days = 35) {
    return {.days = days,
            .until = kUntil,
            .database = "sqlite:" + shared_dir->file("demo.db"),
            .into = shared_dir->path()};
  }
  static std::vector<Family> families(const HistoryOptions& options) {
    auto families = history_families(options, past_of(options));
    EXPECT_TRUE(families) << families.error().message;
    return std::move(*families);
  }
  static std::int64_t in_company(const std::string& sql) {
    const auto company = sql::Database::open(*sql::Dsn::parse("sqlite:" + shared_dir->file("demo.db")));
    const auto rows = (*company)->query(sql);
    EXPECT_TRUE(rows) << rows.error().message;
    return (*rows)[0].integer(0);
  }

  static std::unique_ptr<test::TempDir> shared_dir;
};
std::unique_ptr<test::TempDir> History::shared_dir;

std::string name_of(const Family& family, const Series& series) {
  return fmt::format("{}{}{{{}}}", family.name, series.suffix, series.labels);
}

TEST_F(History, LeavesOutTheOldestBeyondItsBoundOfSamples) {
  const test::TempDir into;
  HistoryOptions wanted = options(4);
  wanted.into = into.path();
  wanted.samples_max = 200'000;
  std::int64_t series = 0;
  for (const Family& family : families(wanted)) series += static_cast<std::int64_t>(family.series.size());
  ASSERT_GT(series * past_of(wanted).steps(), wanted.samples_max) << series << " series";

  RealFiles files;
  const auto written = write_history(wanted, files, [](const std::string&) {});
  ASSERT_TRUE(written) << written.error().message;
  const auto parts = files.glob(into.file("*.om"));
  ASSERT_TRUE(parts);
  std::int64_t samples = 0, newest = 0;
  for (const std::string& part : *parts) {
    const std::string text = *files.read(part, Bytes{64 << 20});
    for (const std::string_view line : split(text, '\n')) {
      if (line.empty() || line.starts_with('#')) continue;
      ++samples;
      newest = std::max(newest, *parse_int(line.substr(line.rfind(' ') + 1)));
    }
  }
  EXPECT_LE(samples, wanted.samples_max);
  EXPECT_GT(samples, wanted.samples_max / 2);
  EXPECT_EQ(newest, past_of(wanted).ends());
}

TEST_F(History, IsAsLongAsItsBoundAllowsAtMost) {
  const auto read = [](const std::string& days) {
    const std::vector<const char*> argv{"demo-history", "--days", days.c_str()};
    return read_history_options(static_cast<int>(argv.size()), argv.data(), WallTime{});
  };
  ASSERT_TRUE(read("35"));
  EXPECT_EQ(read("35")->days, kDaysMax);
  EXPECT_FALSE(read("36"));
  EXPECT_FALSE(read("0"));
}

TEST_F(History, HasEachSeriesOnce) {
  std::set<std::string> names;
  std::set<std::string> heads;
  for (const Family& family : families(options(1))) {
    EXPECT_TRUE(heads.insert(family.name).second) << family.name;
    for (const Series& series : family.series) {
      EXPECT_TRUE(names.insert(name_of(family, series)).second) << name_of(family, series);
    }
  }
}

/// Every value of every series, in the order of time.
void for_each_value(
    const std::vector<Family>& families, const Past& past,
    const std::function<void(const Family&, const Series&, double value, double before)>& see) {
  for (const Family& family : families) {
    for (const Series& series : family.series) {
      double before = 0;
      for (std::int64_t at = past.begins(); at <= past.ends(); at += kStep) {
        const double value = series.course(at);
        see(family, series, value, before);
        before = value;
      }
    }
  }
}

TEST_F(History, HasCountersThatNeverFall) {
  const HistoryOptions wanted = options(12);
  const std::vector<Family> all = families(wanted);
  for_each_value(all, past_of(wanted),
                 [](const Family& family, const Series& series, double value, double before) {
                   if (family.shape == Shape::Gauge) return;
                   ASSERT_GE(value, before) << name_of(family, series);
                   ASSERT_TRUE(std::isfinite(value)) << name_of(family, series);
                 });
}

TEST_F(History, HasRatiosThatAreRatios) {
  const HistoryOptions wanted = options(12);
  const std::vector<Family> all = families(wanted);
  int ratios = 0;
  for_each_value(all, past_of(wanted), [&](const Family& family, const Series& series, double value, double) {
    const bool is_share = family.name.find("ratio_rate") != std::string::npos ||
                          family.name.find("utilisation") != std::string::npos ||
                          family.name.ends_with("_ratio");
    if (!is_share || std::isnan(value)) return;
    ++ratios;
    ASSERT_THAT(value, testing::AllOf(testing::Ge(0), testing::Le(1))) << name_of(family, series);
  });
  EXPECT_GT(ratios, 10'000);
}

// Else the first scrape would look like a day's business at once.
TEST_F(History, EndsWhereTheExporterBegins) {
  const HistoryOptions wanted = options(2);
  const Past past = past_of(wanted);
  std::map<std::string, double> last;
  for (const Family& family : families(wanted)) {
    if (!family.name.starts_with("business_")) continue;
    for (const Series& series : family.series) last[family.name] += series.course(past.ends());
  }
  EXPECT_EQ(last["business_revenue_minor_units_total"],
            in_company("SELECT sum(amount_minor) FROM kpi_bookings"));
  EXPECT_EQ(last["business_jobs_failed_total"],
            in_company("SELECT count(*) FROM kpi_jobs WHERE status = 'failed'"));
  EXPECT_EQ(last["business_nps_responses_total"], in_company("SELECT count(*) FROM kpi_nps"));
  EXPECT_EQ(last["business_technician_productive_seconds_total"],
            in_company("SELECT sum(productive_seconds) FROM kpi_technician_time"));
  EXPECT_EQ(last["business_customers"],
            in_company("SELECT count(*) FROM kpi_customers WHERE churned_at IS NULL"));
}

std::set<std::string> recorded_names() {
  std::set<std::string> names;
  for (const char* const file : {"recording.yml", "slo.yml"}) {
    const std::string text = content_of(fmt::format("{}/rules/{}", PICKET_SOURCE_DIR, file));
    for (const std::string_view line : split(text, '\n')) {
      const std::string_view rule = trim(line);
      if (rule.starts_with("- record: ")) names.emplace(rule.substr(10));
    }
  }
  return names;
}

/// Of "<daemon>_http_requests_total" in the document as well.
bool is_documented(const std::string& document, const std::string& name) {
  if (document.find("| `" + name + "` |") != std::string::npos) return true;
  const std::size_t tail = name.find("_http_");
  return tail != std::string::npos &&
         document.find("| `<daemon>" + name.substr(tail) + "` |") != std::string::npos;
}

TEST_F(History, HasNoNameThatNobodyShows) {
  const std::string document = content_of(std::string(PICKET_SOURCE_DIR) + "/docs/metrics.md");
  const std::set<std::string> recorded = recorded_names();
  ASSERT_FALSE(recorded.empty());
  const std::set<std::string> foreign{"up",
                                      "ALERTS",
                                      "http_requests_total",
                                      "http_request_duration_seconds",
                                      "node_load1",
                                      "pg_up",
                                      "redis_up",
                                      "redis_memory_used_bytes",
                                      "redis_connected_clients",
                                      "redis_commands_processed_total",
                                      "redis_keyspace_hits_total",
                                      "redis_keyspace_misses_total"};
  for (const Family& family : families(options(1))) {
    if (foreign.contains(family.name)) continue;
    if (family.name.find(':') == std::string::npos) {
      EXPECT_TRUE(is_documented(document, family.name)) << family.name << " is not in docs/metrics.md";
    } else {
      EXPECT_TRUE(recorded.contains(family.name)) << family.name << " is recorded by no rule";
    }
  }
}

TEST_F(History, BecomesBlocksOfPrometheus) {
  RealFiles files;
  const test::TempDir into;
  HistoryOptions wanted = options(4);
  wanted.into = into.path();
  std::vector<std::string> said;
  const auto written = write_history(wanted, files, [&](const std::string& line) { said.push_back(line); });
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_THAT(said.back(), HasSubstr("4 of 4 days"));
  const auto parts = files.glob(into.file("*.om"));
  ASSERT_TRUE(parts);
  ASSERT_GE(parts->size(), 2);
  const std::string promtool = test::find_program("promtool", "prometheus");
  for (const std::string& part : *parts) {
    const test::Finished made =
        test::run_to_end({.argv = {promtool, "tsdb", "create-blocks-from", "--max-block-duration=54h",
                                   "openmetrics", part, into.file("store")}},
                         std::chrono::seconds(60));
    EXPECT_EQ(made.exit_code, 0) << made.output << made.errors;
  }
  EXPECT_EQ(files.glob(into.file("store/*/meta.json"))->size(), parts->size());
}

}  // namespace
}  // namespace picket::demo
