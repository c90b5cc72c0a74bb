// business_exporter beside Debian's prometheus-sql-exporter and prometheus-postgres-exporter. Three parts, and
// words choose some of them: `series`, a scrape of 100,000 series; `locked`, 200 queries every 30 s over a
// PostgreSQL where a table that 20 of them read is locked (two minutes); `packs`, every query of every pack
// once, and every report, over the demo company, on SQLite and PostgreSQL. The company has a tenth of its full
// size; PICKET_BENCH_FULL=1 makes all of it (8.7 million rows: three minutes more). Prints
// `name | ours | peer | ratio` lines; exits 1 when ours takes more than its sessions, when a query that reads
// no locked table in a hundred is more than a second late, or when a pack's query fails.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/clock.h"
#include "tests/bench/locked_tables.h"
#include "tests/bench/sql_exporters.h"
#include "tests/support/give_up.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kSeries = 100'000;
constexpr int kScrapes = 7;
constexpr int kSessions = 3;  ///< max_sessions
constexpr double kMaxLateMillis = 1000;

std::string figure(double value, std::string_view unit) {
  if (value < 0) return "-";
  if (unit.empty()) return fmt::format("{:.0f}", value);
  return fmt::format("{:.{}f} {}", value, value < 10 ? 2 : value < 100 ? 1 : 0, unit);
}

void row(std::string_view name, double ours, double peer, std::string_view unit) {
  fmt::print("{} | {} | {} | {}\n", name, figure(ours, unit), figure(peer, unit),
             ours > 0 && peer > 0 ? fmt::format("{:.2f}x", peer / ours) : "-");
  std::fflush(stdout);
}

struct ScrapeFigures {
  double seconds = 0, megabytes = 0, cpu_seconds = 0;  ///< of one: the middle one, its body, the mean
};

ScrapeFigures scrapes_of(const SqlExporter& exporter, bool gzip) {
  Scraper scraper;
  std::vector<double> times;
  double megabytes = 0;
  const Usage before = exporter.usage();
  for (int i = 0; i < kScrapes; ++i) {
    const Scraped scraped = scraper.scrape(exporter.metrics_url(), gzip, seconds(60));
    if (!scraped.answered) test::give_up("a scrape of all series is not answered");
    times.push_back(scraped.seconds);
    megabytes = static_cast<double>(scraped.body.size()) / 1e6;
  }
  std::ranges::sort(times);
  return {.seconds = times[kScrapes / 2],
          .megabytes = megabytes,
          .cpu_seconds = (exporter.usage().cpu_seconds - before.cpu_seconds) / kScrapes};
}

struct SeriesFigures {
  ScrapeFigures plain, gzipped;
  Usage usage;
};

SeriesFigures series_of(SqlProgram program, const std::string& dsn) {
  const SqlExporter exporter(program, dsn,
                             {.queries = {{.name = "stock",
                                           .sql = "SELECT shop, product, n::float AS n FROM stock",
                                           .labels = {"shop", "product"}}},
                              .interval = minutes(30)});
  Scraper scraper;
  const bool there = test::wait_until(seconds(60), seconds(1), [&] {
    const Scraped scraped = scraper.scrape(exporter.metrics_url(), false, seconds(30));
    return std::ranges::count(scraped.body, '\n') > kSeries;
  });
  if (!there) test::give_up("the series do not come");
  return {
      .plain = scrapes_of(exporter, false), .gzipped = scrapes_of(exporter, true), .usage = exporter.usage()};
}

void print_series(const SeriesFigures& ours, const SeriesFigures& peer, const std::string& who) {
  const std::string what = fmt::format("{} series{}", kSeries, who);
  row(what + ": scrape", ours.plain.seconds * 1e3, peer.plain.seconds * 1e3, "ms");
  row(what + ": scrape, gzip", ours.gzipped.seconds * 1e3, peer.gzipped.seconds * 1e3, "ms");
  row(what + ": CPU of a scrape, gzip", ours.gzipped.cpu_seconds * 1e3, peer.gzipped.cpu_seconds * 1e3, "ms");
  row(what + ": size", ours.plain.megabytes, peer.plain.megabytes, "MB");
  row(what + ": size, gzip", ours.gzipped.megabytes, peer.gzipped.megabytes, "MB");
  row(what + ": memory", ours.usage.rss_megabytes, peer.usage.rss_megabytes, "MB");
  row(what + ": memory at most", ours.usage.peak_megabytes, peer.usage.peak_megabytes, "MB");
}

int series() {
  const test::PostgresServer server;
  server.run(
      fmt::format("CREATE TABLE stock AS SELECT 'shop-' || i / 100 AS shop, 'product-' || i % 100 AS "
                  "product, i * 7919 % 100000 AS n FROM generate_series(0, {}) i",
                  kSeries - 1));
  const std::string dsn =
      fmt::format("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", server.port());
  const SeriesFigures ours = series_of(SqlProgram::Picket, dsn);
  print_series(ours, series_of(SqlProgram::SqlExporter, dsn), ", sql-exporter");
  print_series(ours, series_of(SqlProgram::PostgresExporter, dsn), ", postgres-exporter");
  return 0;
}

void print_locked(const LockedFigures& ours, const LockedFigures& peer, const std::string& who) {
  const auto runs = [](const LockedFigures& figures) {
    return fmt::format("{} of {}", figures.runs, figures.due);
  };
  const auto scrapes = [](const LockedFigures& figures) {
    return fmt::format("{} of {}", figures.unanswered, figures.scrapes);
  };
  const std::string what = "locked table, " + who;
  row(what + ": sessions at most", ours.sessions, peer.sessions, "");
  fmt::print("{}: other queries begun | {} | {} | -\n", what, runs(ours), runs(peer));
  row(what + ": longest pause of one (30 s)", ours.pause_seconds, peer.pause_seconds, "s");
  fmt::print("{}: scrapes without answer in 10 s | {} | {} | -\n", what, scrapes(ours), scrapes(peer));
  row(what + ": slowest scrape answered", ours.scrape_seconds * 1e3,
      peer.unanswered == peer.scrapes ? -1 : peer.scrape_seconds * 1e3, "ms");
}

int locked() {
  LockedTables tables({{.role = "picket"},
                       {.role = "sql_one", .program = SqlProgram::SqlExporter},
                       {.role = "sql_each", .program = SqlProgram::SqlExporter, .job_each = true},
                       {.role = "postgres_exporter", .program = SqlProgram::PostgresExporter}});
  const std::vector<LockedFigures> figures = tables.measure();
  const LockedFigures& ours = figures.front();
  print_locked(ours, figures[1], "sql-exporter, one job");
  print_locked(ours, figures[2], "sql-exporter, a job a query");
  print_locked(ours, figures[3], "postgres-exporter");
  row("locked table: other queries late, median", ours.late.median_ms, -1, "ms");
  row("locked table: other queries late, 99 in 100", ours.late.p99_ms, -1, "ms");
  row("locked table: other queries late, worst", ours.late.max_ms, -1, "ms");
  const bool all_ran = ours.late.missed == 0 && ours.runs + LockedTables::kQueries >= ours.due;
  const bool on_time = all_ran && ours.late.p99_ms <= kMaxLateMillis;
  return on_time && ours.sessions <= kSessions && ours.unanswered == 0 ? 0 : 1;
}

/// query -> value of the samples of `name` in a text of metrics, added up over their other labels.
std::map<std::string, double> by_query(const std::string& metrics, const std::string& name) {
  std::map<std::string, double> values;
  const std::string begin = name + "{query=\"";
  for (const std::string_view line : split(metrics, '\n')) {
    if (!line.starts_with(begin)) continue;
    const std::string_view rest = line.substr(begin.size());
    values[std::string(rest.substr(0, rest.find('"')))] +=
        parse_double(line.substr(line.rfind(' ') + 1)).value_or(0);
  }
  return values;
}

constexpr const char* kPacks[] = {"revenue",   "customers", "operations",   "quality",
                                  "messaging", "api",       "subscriptions"};

std::string packs_yml(const std::string& dsn) {
  std::string text = fmt::format("databases: [{{name: demo, dsn: \"{}\", max_sessions: 1}}]\npacks:\n", dsn);
  for (const char* pack : kPacks) text += fmt::format("- {{pack: {}, database: demo, interval: 1h}}\n", pack);
  return text;
}

/// All of /metrics, once every query has run.
std::string after_all_ran(const SqlExporter& exporter) {
  Scraper scraper;
  std::string metrics;
  const bool all = test::wait_until(minutes(30), seconds(1), [&] {
    metrics = scraper.scrape(exporter.metrics_url(), false).body;
    const std::map<std::string, double> runs = by_query(metrics, "business_query_runs_total");
    return !runs.empty() && std::ranges::all_of(runs, [](const auto& run) { return run.second > 0; });
  });
  if (!all) test::give_up("not every query of the packs has run");
  return metrics;
}

void print_pack(const std::string& pack, const std::string& where,
                const std::map<std::string, double>& took) {
  double total = 0;
  std::pair<std::string, double> worst;
  for (const auto& [query, time] : took) {
    if (!query.starts_with(pack + "_")) continue;
    total += time;
    if (time > worst.second) worst = {query, time};
  }
  fmt::print("{} on {}, worst {} {:.2f} s | {:.2f} s | - | -\n", pack, where, worst.first, worst.second,
             total);
}

/// Each report once, over the company's whole history: 90 days.
void print_reports(const SqlExporter& exporter, const std::string& where) {
  Scraper scraper;
  const auto today = std::chrono::floor<std::chrono::days>(SystemClock().wall());
  const std::string days =
      fmt::format("?from={:%Y-%m-%d}&to={:%Y-%m-%d}", today - std::chrono::days(89), today);
  const std::string all = scraper.scrape(exporter.url("/api/v1/reports"), false).body;
  double total = 0;
  std::pair<std::string, double> worst;
  constexpr std::string_view kKpi = "\"kpi\":\"";
  for (std::size_t at = all.find(kKpi); at != std::string::npos; at = all.find(kKpi, at)) {
    at += kKpi.size();
    const std::string kpi = all.substr(at, all.find('"', at) - at);
    const Scraped report =
        scraper.scrape(exporter.url(fmt::format("/api/v1/reports/{}{}", kpi, days)), false, seconds(60));
    if (!report.answered) test::give_up("report " + kpi + ": " + report.body);
    total += report.seconds;
    if (report.seconds > worst.second) worst = {kpi, report.seconds};
  }
  fmt::print("reports over 90 days on {}, worst {} {:.2f} s | {:.2f} s | - | -\n", where, worst.first,
             worst.second, total);
}

int packs_over(const std::string& dsn, const std::string& where) {
  const SqlExporter exporter(packs_yml(dsn));
  const std::string metrics = after_all_ran(exporter);
  const std::map<std::string, double> took = by_query(metrics, "business_query_duration_seconds_sum");
  for (const char* pack : kPacks) print_pack(pack, where, took);
  const auto worst = std::ranges::max_element(took, {}, [](const auto& query) { return query.second; });
  fmt::print("worst query on {}: {} | {:.2f} s | - | -\n", where, worst->first, worst->second);
  row(fmt::format("all packs on {} ({} lines): scrape", where, std::ranges::count(metrics, '\n')),
      scrapes_of(exporter, true).seconds * 1e3, -1, "ms");
  print_reports(exporter, where);
  double failures = 0;
  for (const auto& [query, count] : by_query(metrics, "business_query_failures_total")) failures += count;
  row(fmt::format("all packs on {}: runs failed", where), failures, -1, "");
  return failures > 0 ? 1 : 0;
}

void make_company(const std::string& database, const std::string& where) {
  const char* full = std::getenv("PICKET_BENCH_FULL");
  const bool small = full == nullptr || std::string_view(full) != "1";
  const auto began = std::chrono::steady_clock::now();
  const test::Finished made = test::run_to_end(
      {.argv = {std::string(PICKET_BIN_DIR) + "/business-demo", "--database", database, "--organisations",
                small ? "500" : "5000", "--customers", small ? "100000" : "1000000"}},
      minutes(30));
  if (made.exit_code != 0) test::give_up("business-demo fails: " + made.errors);
  const auto took = std::chrono::steady_clock::now() - began;
  row(fmt::format("demo company on {}, {}: made", where,
                  small ? "a tenth (PICKET_BENCH_FULL=1: all)" : "full size"),
      std::chrono::duration<double>(took).count(), -1, "s");
}

int packs() {
  const test::TempDir dir;
  make_company(dir.file("demo.db"), "SQLite");
  const int sqlite = packs_over("sqlite:" + dir.file("demo.db"), "SQLite");
  const test::PostgresServer server({.shared_buffers = "128MB"});  // PostgreSQL's default
  make_company(server.dsn(), "PostgreSQL");
  server.run("ANALYZE");
  return std::max(sqlite, packs_over(server.dsn(), "PostgreSQL"));
}

}  // namespace
}  // namespace picket::bench

int main(int argc, char** argv) {
  using namespace picket::bench;
  const std::vector<std::string> chosen(argv + 1, argv + argc);
  const std::pair<std::string, std::function<int()>> parts[] = {
      {"series", series}, {"locked", locked}, {"packs", packs}};
  fmt::print("name | ours | peer | ratio\n");
  int status = 0;
  for (const auto& [name, measure] : parts)
    if (chosen.empty() || std::ranges::find(chosen, name) != chosen.end())
      status = std::max(status, measure());
  return status;
}
