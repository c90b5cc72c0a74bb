// Every KPI metric and every report of every pack, as the program shows them, against what SQL says that was
// written from their definitions alone: of the demo company, of rows that are easy to count wrong, of one row
// in each view, and of none. Days are those of PostgreSQL's calendar.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/json/json.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/business/packs/pack.h"
#include "tests/business/independent_kpis.h"
#include "tests/business/running_exporter.h"
#include "tests/sql/engine_fixture.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

std::int64_t unix_now() {
  return static_cast<std::int64_t>(unix_seconds(SystemClock().wall()));
}

std::size_t lines_with(const std::string& text, const std::string& begin) {
  std::size_t lines = 0;
  for (std::size_t at = text.find("\n" + begin); at != std::string::npos;
       at = text.find("\n" + begin, at + 1))
    ++lines;
  return lines;
}

/// What a report is asked for.
struct Days {
  std::string location, step, from;
  int periods = 1;
};

struct Span {
  std::string label;
  std::int64_t begins = 0, ends = 0;
};

/// As many periods before those of `days`, these, and the one after them without its end: by PostgreSQL. A
/// day begins at the first moment at which the zone's date is not before it.
std::vector<Span> spans_of(const Days& days) {
  const std::string text = test::PostgresServer::shared().run(fmt::format(
      R"(SELECT string_agg(to_char(day, '{3}') || ' ' || (
  SELECT extract(epoch FROM min(t))::bigint
  FROM generate_series(day::timestamp AT TIME ZONE 'UTC' - interval '16 hours',
                       day::timestamp AT TIME ZONE 'UTC' + interval '16 hours', interval '15 minutes') t
  WHERE (t AT TIME ZONE '{0}')::date >= day), ' ' ORDER BY day)
FROM (SELECT (date '{2}' + k * interval '1 {1}')::date AS day FROM generate_series(-{4}, {4}) k) d)",
      days.location, days.step, days.from, days.step == "month" ? "YYYY-MM" : "YYYY-MM-DD", days.periods));
  const std::vector<std::string_view> words = split(text, ' ');
  std::vector<Span> spans;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::int64_t begins = std::stoll(std::string(words[i + 1]));
    if (!spans.empty()) spans.back().ends = begins;
    spans.push_back({std::string(words[i]), begins, 0});
  }
  return spans;
}

class IndependentKpis : public test::OnEachEngine {
 protected:
  void load(const std::string& file) const {
    run_script(*database_, independent_text("tables.sql"), unix_now());
    if (!file.empty()) run_script(*database_, independent_text(file), unix_now());
  }
  void make_demo() const {
    const auto made = test::run_to_end(
        {.argv = {std::string(PICKET_BIN_DIR) + "/business-demo", "--database", dsn_text_, "--organisations",
                  "40", "--customers", "1500", "--days", "75", "--seed", "20"}},
        std::chrono::minutes(2));
    ASSERT_EQ(made.exit_code, 0) << made.errors;
  }
  void configure(const std::string& location) const {
    const std::string scheme = GetParam() == sql::Engine::Sqlite ? "sqlite:" : "";
    std::string text =
        fmt::format("databases: [{{name: app, dsn: \"{}{}\"}}]\nreports: {{location: {}}}\npacks:\n", scheme,
                    dsn_text_, location);
    for (const Pack& pack : all_packs()) text += fmt::format("- {{pack: {}, database: app}}\n", pack.name);
    exporter_.configure(text);
  }
  /// Waits until each query has run.
  void start(const std::string& location = "UTC") {
    configure(location);
    began_ = unix_now();
    exporter_.start();
    ASSERT_TRUE(test::wait_until(
        std::chrono::seconds(60), std::chrono::milliseconds(50),
        [this] {
          scrape_ = exporter_.scrape();
          const std::size_t queries = lines_with(scrape_, "business_query_interval_seconds{");
          return queries > 0 &&
                 queries == lines_with(scrape_, "business_query_last_success_timestamp_seconds{");
        }))
        << scrape_ << exporter_.process().errors();
    ended_ = unix_now();
  }

  void compare_metrics() {
    SeriesValues scraped = scraped_kpis(scrape_);
    for (const Pack& pack : all_packs()) {
      std::size_t compared = 0;
      for (const KpiSection& section : kpi_sections(pack.name)) {
        if (section.is_report()) continue;
        SeriesValues series;
        for (auto at = scraped.begin(); at != scraped.end();) {
          const auto next = std::next(at);
          if (section.has(at->first)) series.insert(scraped.extract(at));
          at = next;
        }
        compared += series.size();
        EXPECT_EQ(best_difference(section, series), "") << pack.name << ", " << section.name;
      }
      RecordProperty(pack.name + "_series", static_cast<int>(compared));
    }
    EXPECT_EQ(difference(scraped, {}, true), "") << "no section is about these";
  }
  /// "" when the series are right for a second of the time in which the query ran.
  std::string best_difference(const KpiSection& section, const SeriesValues& series) const {
    std::string first;
    for (std::int64_t now = began_; now <= ended_; ++now) {
      const std::string found = difference(series, evaluate(*database_, section, now), !section.is_gauge());
      if (found.empty()) return "";
      if (now == began_) first = found;
      if (!section.depends_on_now()) break;
    }
    return first;
  }

  void compare_reports(const Days& days) {
    std::vector<Span> spans = spans_of(days);
    ASSERT_EQ(spans.size(), static_cast<std::size_t>(2 * days.periods + 1));
    const auto middle = spans.begin() + days.periods;
    const Span all{"total", middle->begins, spans.back().begins},
        before{"before", spans[0].begins, middle->begins};
    spans.pop_back();
    spans.erase(spans.begin(), middle);
    const std::string to = test::PostgresServer::shared().run(
        fmt::format("SELECT (date '{}' + {} * interval '1 {}' - interval '1 day')::date", days.from,
                    days.periods, days.step));
    const std::string rest = fmt::format("?from={}&to={}&step={}", days.from, to, days.step);
    for (const Pack& pack : all_packs()) {
      for (const KpiSection& section : kpi_sections(pack.name)) {
        if (section.is_report()) compare_report(pack, section, rest, {spans, all, before});
      }
    }
  }

  struct Times {
    std::vector<Span> spans;
    Span all, before;
  };
  void compare_report(const Pack& pack, const KpiSection& section, const std::string& rest, Times times) {
    const auto report = std::ranges::find(pack.reports, section.name, &ReportConfig::kpi);
    ASSERT_NE(report, pack.reports.end()) << section.name;
    const std::string by = report->by.empty() ? "" : "&by=" + join(report->by, ",");
    const auto answer = test::http_get(exporter_.url("/api/v1/reports/" + section.name + rest + by));
    const auto json = parse_json(answer.body);
    ASSERT_TRUE(answer.status == 200 && json) << section.name << ": " << answer.body;
    ASSERT_EQ((*json)["periods"].size(), times.spans.size());
    for (std::size_t i = 0; i < times.spans.size(); ++i) {
      const auto& period = (*json)["periods"][i];
      EXPECT_EQ(period["label"], times.spans[i].label);
      EXPECT_EQ(period["begins"], rfc3339(times.spans[i].begins)) << rest;
      EXPECT_EQ(period["ends"], rfc3339(times.spans[i].ends)) << rest;
    }
    leave_out_the_rest(times, (*json)["before"], (*json)["read_at"]);
    const bool exact = report->unit == "minor_units" || report->unit == "count";
    std::map<std::string, SeriesValues> shown;
    std::set<std::string> without_value;
    for (const auto& series : (*json)["series"])
      if (!add_series(shown, series, times))
        without_value.insert(series_name("", series["labels"].get<LabelValues>()));
    times.spans.push_back(times.all);
    times.spans.push_back(times.before);
    for (const Span& span : times.spans) {
      const SeriesValues expected = evaluate(*database_, section, span.begins, span.ends);
      EXPECT_EQ(difference(shown[span.label], expected, exact), "")
          << pack.name << ", " << section.name << rest << ", " << span.label << ": " << span.begins << " to "
          << span.ends;
      for (const auto& [name, value] : expected) {
        values_[pack.name] += std::isnan(value) ? 0 : 1;
        if (std::isnan(value)) without_value.erase(name);
      }
    }
    EXPECT_TRUE(without_value.empty() || by.empty())
        << section.name << rest << ": " << *without_value.begin();
  }
  static std::string rfc3339(std::int64_t at) {
    return format_rfc3339(from_unix_seconds(static_cast<double>(at)));
  }
  /// Of a time that has not ended, as much as is to come is left out of the time before.
  static void leave_out_the_rest(Times& times, const nlohmann::json& before, const nlohmann::json& read_at) {
    EXPECT_EQ(before["begins"], rfc3339(times.before.begins));
    const auto ends = parse_rfc3339(before["ends"].get<std::string>());
    const auto read = parse_rfc3339(read_at.get<std::string>());
    ASSERT_TRUE(ends && read);
    const double rest = std::max(0.0, static_cast<double>(times.all.ends) - unix_seconds(*read));
    const double expected =
        std::max(static_cast<double>(times.before.ends) - rest, static_cast<double>(times.before.begins));
    EXPECT_NEAR(unix_seconds(*ends), expected, 10);
    times.before.ends = static_cast<std::int64_t>(std::floor(unix_seconds(*ends)));
  }
  /// False when all its values are null.
  static bool add_series(std::map<std::string, SeriesValues>& shown, const nlohmann::json& series,
                         const Times& times) {
    const std::string name = series_name("", series["labels"].get<LabelValues>());
    std::size_t values = 0;
    const auto add = [&](const std::string& label, const nlohmann::json& value) {
      if (value.is_null()) return;
      shown[label][name] = value.get<double>();
      ++values;
    };
    for (std::size_t i = 0; i < times.spans.size(); ++i) add(times.spans[i].label, series["values"][i]);
    add("total", series["total"]);
    add("before", series["before"]);
    return values > 0;
  }
  void record_values() const {
    for (const auto& [pack, values] : values_) RecordProperty(pack + "_report_values", values);
  }

  RunningExporter exporter_;
  std::string scrape_;
  std::int64_t began_ = 0, ended_ = 0;
  std::map<std::string, int> values_;
};

/// Metrics, watermarks and reports.
std::multiset<std::string> names_of(const Pack& pack) {
  std::multiset<std::string> names;
  for (const QueryConfig& query : pack.queries) {
    for (const MetricConfig& metric : query.metrics) names.insert(metric.name);
    if (!query.watermark.empty()) names.insert("watermark " + query.name);
  }
  for (const ReportConfig& report : pack.reports) names.insert("report " + report.kpi);
  return names;
}

TEST(IndependentKpiSections, AreThereForEachMetricAndReport) {
  for (const Pack& pack : all_packs()) {
    std::multiset<std::string> ours;
    for (const KpiSection& section : kpi_sections(pack.name)) {
      const std::string kind = section.is_report()           ? "report "
                               : section.kind == "watermark" ? "watermark "
                                                             : "";
      ours.insert(kind + section.name);
    }
    EXPECT_EQ(names_of(pack), ours) << pack.name;
  }
}

TEST_P(IndependentKpis, OfNoDataNothingButTheQueue) {
  load("");
  start("Europe/Berlin");
  compare_metrics();
  EXPECT_EQ(scraped_kpis(scrape_), (SeriesValues{{"business_emails_queued", 0}}));
  compare_reports({"Europe/Berlin", "day", "2026-03-28", 2});
}

TEST_P(IndependentKpis, OfOneRowInEachView) {
  load("one_row.sql");
  start();
  compare_metrics();
  const std::string today = test::PostgresServer::shared().run("SELECT (now() AT TIME ZONE 'UTC')::date - 1");
  compare_reports({"UTC", "day", today, 2});
  record_values();
}

TEST_P(IndependentKpis, OfRowsThatAreEasyToCountWrong) {
  load("awkward.sql");
  start();
  compare_metrics();
}

TEST_P(IndependentKpis, OfDaysWhenTheClocksChange) {
  load("awkward.sql");
  start("Europe/Berlin");
  for (const Days& days : std::vector<Days>{{"Europe/Berlin", "day", "2026-03-28", 3},
                                            {"Europe/Berlin", "day", "2026-10-24", 3},
                                            {"Europe/Berlin", "week", "2026-03-23", 2},
                                            {"Europe/Berlin", "month", "2026-03-01", 2},
                                            {"America/New_York", "day", "2026-03-07", 3},
                                            {"America/Havana", "day", "2026-10-31", 3},
                                            {"Africa/Cairo", "day", "2026-04-23", 3},
                                            {"Australia/Lord_Howe", "day", "2026-04-04", 2},
                                            {"Pacific/Apia", "day", "2011-12-29", 3},
                                            {"Asia/Kolkata", "day", "2026-03-28", 2}}) {
    configure(days.location);
    ASSERT_EQ(exporter_.reload(), 200);
    ASSERT_TRUE(test::wait_until(std::chrono::seconds(20), [&] {
      return test::http_get(exporter_.url("/api/v1/reports"))
          .body.starts_with("{\"location\":\"" + days.location);
    }));
    compare_reports(days);
  }
  record_values();
}

TEST_P(IndependentKpis, OfTheDemoCompany) {
  make_demo();
  start("Europe/Berlin");
  compare_metrics();
  const auto day = [](const std::string& text) {
    return test::PostgresServer::shared().run(
        "SELECT (" + text + ")::date FROM (SELECT now() AT TIME ZONE 'Europe/Berlin') n(now)");
  };
  compare_reports({"Europe/Berlin", "day", day("now - interval '9 days'"), 10});
  compare_reports({"Europe/Berlin", "week", day("date_trunc('week', now) - interval '5 weeks'"), 5});
  compare_reports({"Europe/Berlin", "month", day("date_trunc('month', now) - interval '1 month'"), 2});
  record_values();
}

INSTANTIATE_TEST_SUITE_P(Engines, IndependentKpis,
                         testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres), test::engine_name);

}  // namespace
}  // namespace picket::business
