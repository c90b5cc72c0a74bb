// The words of the pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time/timestamp.h"
#include "exporters/business/pages/overview_page.h"
#include "exporters/business/pages/report_page.h"
#include "exporters/business/pages/report_words.h"

namespace picket::business {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kNasty = "\"><script>alert(1)</script><b x='";
const WallTime kToday = *parse_rfc3339("2026-11-30T12:00:00Z");

QueryStatus query(const std::string& name, const std::string& error = "", bool is_stale = false) {
  auto config = std::make_shared<QueryConfig>();
  config->name = name;
  config->database = "shop";
  QueryStatus status;
  status.config = config;
  status.last_run = kToday - seconds(12);
  status.last_took = std::chrono::milliseconds(34);
  status.last_success = kToday - minutes(4);
  status.last_error = error;
  status.stale = is_stale;
  if (is_stale) return status;
  QueryResult result;
  result.rows = 1234;
  status.result = std::make_shared<const QueryResult>(result);
  return status;
}

std::string html(const Overview& overview, const char* target = "/") {
  const web::Page page = overview_page(overview, *Target::parse(target));
  return "<h1>" + page.title + "</h1>" + page.body.str();
}

TEST(OverviewPage, SaysHowEverythingDoes) {
  Overview overview{.now = kToday, .lanes = {}, .packs = {}, .queries = {}, .next_runs = {}};
  overview.lanes = {{.database = "shop", .up = true, .idle = 1, .busy = 2, .waiting = 3},
                    {.database = "crm", .up = false, .error = "connection refused"}};
  overview.lanes[0].warnings = {"is a superuser; CREATE ROLE picket_reader; GRANT SELECT ON ALL TABLES"};
  overview.packs = {{.pack = "revenue", .database = "shop", .schema = "kpi"}};
  overview.queries = {query("good"), query("bad", "no such table"), query("old", "timeout", true)};
  overview.next_runs = {{"good", seconds(47)}};
  const std::string page = html(overview);
  for (const char* part :
       {"<h1>1 database is down</h1>", "<b>1</b> <span>stale</span>", "<b>1</b> <span>fail</span>",
        "<span>good<small>shop</small></span>", ">12 s ago</time>", ">34 ms</td>", ">1,234</td>",
        ">in 47 s</td>", "<span class=\"badge bad\">stale</span>",
        "<span class=\"badge warning\">fails</span>", "no such table<small>last good result <time",
        "2 busy, 1 idle, 3 waiting", "connection refused", "GRANT SELECT ON ALL TABLES", "Revenue",
        "<a href=\"reports\">"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_LT(page.find("<span>old<small"), page.find("<span>bad<small"));  // the worst first
  EXPECT_LT(page.find("<span>bad<small"), page.find("<span>good<small"));
  EXPECT_THAT(html(overview, "/?q=GOOD"), Not(HasSubstr("<span>bad")));
  EXPECT_THAT(html(overview, "/?q=nothing"), HasSubstr("No query matches"));
}

TEST(OverviewPage, TakesTextsOfOthersAsText) {
  Overview overview{.now = kToday, .lanes = {}, .packs = {}, .queries = {}, .next_runs = {}};
  overview.lanes = {{.database = "shop", .up = false, .error = kNasty, .warnings = {kNasty}}};
  overview.queries = {query("q", kNasty)};
  EXPECT_THAT(html(overview), Not(HasSubstr("<script")));
  EXPECT_THAT(html(overview, "/?q=%22%3E%3Cscript%3E"), Not(HasSubstr("<script")));
  EXPECT_THAT(html({}), HasSubstr("No queries yet"));
}

TEST(ReportWords, AreReadable) {
  struct Row {
    double value;
    const char *unit, *currency, *words;
  };
  for (const Row& row : std::vector<Row>{{123456789, "minor_units", "EUR", "1,234,567.89"},
                                         {-5, "minor_units", "USD", "-0.05"},
                                         {1234, "minor_units", "JPY", "1,234"},
                                         {1234567, "minor_units", "KWD", "1,234.567"},
                                         {100, "minor_units", "", "1.00"},
                                         {1000, "count", "", "1,000"},
                                         {-999, "count", "", "-999"},
                                         {1e300, "count", "", "1e+300"},
                                         {0.1234, "ratio", "", "12.3 %"},
                                         {-0.00001, "ratio", "", "0.0 %"},
                                         {0.25, "seconds", "", "250 ms"},
                                         {12.34, "seconds", "", "12.3 s"},
                                         {7500, "seconds", "", "2 h 5 min"},
                                         {4.256, "score", "", "4.26"}})
    EXPECT_EQ(value_words(row.value, row.unit, row.currency), row.words);
  EXPECT_EQ(change_words(110, 100, "count"), "+10.0 %");
  EXPECT_EQ(change_words(90, 100, "minor_units"), "-10.0 %");
  EXPECT_EQ(change_words(-50, -100, "count"), "+50.0 %");
  EXPECT_EQ(change_words(5, 0, "count"), "");
  EXPECT_EQ(change_words(0.5, 0.515, "ratio"), "-1.5 points");
}

ReportTable sample(std::vector<std::string> labels) {
  ReportUse report;
  report.config = {"revenue", "Revenue booked", "minor_units", {"currency", "line"}, Transform::None, ""};
  report.use = {.pack = "revenue", .database = "app", .schema = ""};
  const DaySpan span{*parse_day("2026-11-28"), *parse_day("2026-11-30")};
  ReportTable table{.report = std::make_shared<const ReportUse>(report),
                    .location = "UTC",
                    .span = span,
                    .times = ReportTimes(span, "UTC", kToday),
                    .read_at = kToday,
                    .by = {"currency", "line"},
                    .series = {}};
  table.series.push_back({std::move(labels), {123456, std::nullopt, 200}, 123656, 100000});
  return table;
}

TEST(ReportPage, ShowsTheTrendTheChangeAndEachPeriod) {
  const std::string page = report_page(sample({"EUR", "shop"}), kToday).body.str();
  for (
      const char* part :
      {"<title>EUR, shop: between 2.00 and 1,234.56 a day</title>", ">1,236.56</td>", ">1,000.00</td>",
       ">+23.7 %</td>", ">1,234.56</td>", "2026-11-30<small>so far</small>", ">none</span>",
       "<input id=\"from\" name=\"from\" type=\"date\"", "<option value=\"line\" selected=\"\">line</option>",
       ("href=\"../api/v1/reports/revenue?from=2026-11-28&amp;to=2026-11-30&amp;step=day&amp;by=currency%2Cline&amp;"
        "format=csv\"")})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_LT(page.find("2026-11-30<small>"), page.find("2026-11-28</span>"));  // the newest first
}

TEST(ReportPage, TakesLabelsAsText) {
  EXPECT_THAT(report_page(sample({kNasty, kNasty}), kToday).body.str(), Not(HasSubstr("<script")));
  EXPECT_THAT(report_page(sample({"", ""}), kToday).body.str(), HasSubstr("(none)"));
  ReportTable nothing = sample({"EUR", "x"});
  nothing.series.clear();
  EXPECT_THAT(report_page(nothing, kToday).body.str(), HasSubstr("There is nothing in this time."));
}

TEST(ReportPage, NamesTheReports) {
  ReportCatalogue catalogue;
  catalogue.reports.push_back(sample({"", ""}).report);
  EXPECT_THAT(reports_page(catalogue).body.str(),
              HasSubstr("<a href=\"reports/revenue\">Revenue booked</a>"));
  EXPECT_THAT(reports_page({}).body.str(), HasSubstr("No pack is in use"));
}

}  // namespace
}  // namespace picket::business
