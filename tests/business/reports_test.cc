// Reports: periods over the changes of the clocks, what may be asked, and what becomes of rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/json/json.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/business/reports/report_table.h"
#include "exporters/business/reports/report_text.h"

namespace picket::business {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ReportCatalogue catalogue(const std::string& unit = "minor_units") {
  ReportUse report;
  report.config = {"revenue",       "Revenue booked",  unit, {"currency", "line"},
                   Transform::None, "SELECT {periods}"};
  report.use = {.pack = "revenue", .database = "app", .schema = ""};
  ReportCatalogue all;
  all.config.location = "Europe/Berlin";
  all.reports.push_back(std::make_shared<const ReportUse>(report));
  return all;
}

const WallTime kNow = *parse_rfc3339("2026-11-30T23:30:00Z");  // the first of December in Berlin

ReportResult<ReportQuery> ask(const std::string& target, const std::string& unit = "minor_units") {
  const Target parsed = *Target::parse(target);
  return parse_report_query(catalogue(unit), parsed.path.substr(1), parsed, kNow);
}

ReportTable table_of(const std::string& target, const sql::Rows& rows) {
  const ReportQuery query = *ask(target);
  ReportTable table{.report = query.report,
                    .location = "Europe/Berlin",
                    .span = query.span,
                    .times = ReportTimes(query.span, "Europe/Berlin", kNow),
                    .read_at = kNow,
                    .by = query.report->config.by,
                    .series = {}};
  return with_rows(std::move(table), rows)->split_by(query.by);
}

sql::Rows rows_of(std::vector<std::vector<sql::Value>> values) {
  sql::Rows rows;
  rows.columns = {"period", "currency", "line", "value"};
  rows.values = std::move(values);
  return rows;
}

TEST(ReportPeriods, DaysHave23And25HoursWhereTheClocksChange) {
  const auto spring = periods_of({*parse_day("2026-03-28"), *parse_day("2026-03-30")}, "Europe/Berlin", 400);
  ASSERT_EQ(spring.size(), 3U);
  EXPECT_EQ(spring[1].label, "2026-03-29");
  EXPECT_EQ(format_rfc3339(spring[1].begins), "2026-03-28T23:00:00.000Z");
  EXPECT_EQ(format_rfc3339(spring[1].ends), "2026-03-29T22:00:00.000Z");
  EXPECT_EQ(spring[2].begins, spring[1].ends);
  const auto autumn = periods_of({*parse_day("2026-10-25"), *parse_day("2026-10-25")}, "Europe/Berlin", 400);
  EXPECT_EQ(format_rfc3339(autumn[0].begins), "2026-10-24T22:00:00.000Z");
  EXPECT_EQ(autumn[0].ends - autumn[0].begins, hours(25));
}

TEST(ReportPeriods, WeeksBeginOnMondayAndMonthsOnTheirFirst) {
  const DaySpan weeks = whole({*parse_day("2026-11-01"), *parse_day("2026-11-02"), Step::Week});
  EXPECT_EQ(format_day(weeks.from), "2026-10-26");
  EXPECT_EQ(format_day(weeks.to), "2026-11-08");
  EXPECT_EQ(periods_of(weeks, "UTC", 400)[1].label, "2026-11-02");
  const DaySpan months = whole({*parse_day("2026-01-31"), *parse_day("2026-03-01"), Step::Month});
  const auto periods = periods_of(months, "UTC", 400);
  ASSERT_EQ(periods.size(), 3U);
  EXPECT_EQ(periods[1].label, "2026-02");
  EXPECT_EQ(periods[1].ends - periods[1].begins, hours(28 * 24));
}

TEST(ReportPeriods, AreComparedWithAsManyBefore) {
  struct Row {
    const char *from, *to;
    Step step;
    const char *now, *begins, *ends;
  };
  for (const Row& row : std::vector<Row>{
           {"2026-11-01", "2026-11-30", Step::Day, "2026-12-24T00:00:00Z", "2026-10-02T00:00:00.000Z",
            "2026-11-01T00:00:00.000Z"},
           {"2026-11-30", "2026-11-30", Step::Day, "2026-11-30T18:00:00Z", "2026-11-29T00:00:00.000Z",
            "2026-11-29T18:00:00.000Z"},  // as much of yesterday as there is of today
           {"2026-03-01", "2026-03-31", Step::Month, "2026-12-24T00:00:00Z", "2026-02-01T00:00:00.000Z",
            "2026-03-01T00:00:00.000Z"},
           {"2026-11-02", "2026-11-15", Step::Week, "2026-12-24T00:00:00Z", "2026-10-19T00:00:00.000Z",
            "2026-11-02T00:00:00.000Z"}}) {
    const Period time =
        before({*parse_day(row.from), *parse_day(row.to), row.step}, "UTC", *parse_rfc3339(row.now));
    EXPECT_EQ(format_rfc3339(time.begins), row.begins) << row.from;
    EXPECT_EQ(format_rfc3339(time.ends), row.ends) << row.from;
  }
}

TEST(ReportQuery, IsTheLastThirtyDaysOfTheZoneWhenNothingIsSaid) {
  const auto query = ask("/revenue");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->address(), "?from=2026-11-02&to=2026-12-01&step=day&by=currency");
  EXPECT_EQ(ask("/revenue?step=month&to=2026-11-15")->address(),
            "?from=2025-12-01&to=2026-11-30&step=month&by=currency");
  EXPECT_EQ(ask("/revenue?by=line&from=2026-11-01&to=2026-11-01")->by,
            (std::vector<std::string>{"currency", "line"}));
  EXPECT_EQ(ask("/revenue", "ratio")->by, (std::vector<std::string>{"currency", "line"}));
  EXPECT_TRUE(ask("/revenue", "count")->by.empty());
}

TEST(ReportQuery, SaysWhatIsWrong) {
  struct Row {
    const char* target;
    int status;
    const char* detail;
  };
  for (const Row& row : std::vector<Row>{
           {"/revenu", 404, "there is no report \"revenu\" (did you mean \"revenue\"?)"},
           {"/revenue?from=yesterday", 400, "from: \"yesterday\" is not a date (write it as 2026-11-30)"},
           {"/revenue?to=2026-02-29", 400, "to: \"2026-02-29\" is not a date"},
           {"/revenue?from=2026-02-02&to=2026-02-01", 400, "from (2026-02-02) is after to (2026-02-01)"},
           {"/revenue?from=2025-01-01&to=2026-02-05", 400, "more than 400 periods"},
           {"/revenue?step=hour", 400, "step must be day, week or month"},
           {"/revenue?by=lines", 400, "revenue has no column \"lines\" (did you mean \"line\"?)"},
           {"/revenue?form=2026-01-01", 400, "there is no parameter \"form\" (did you mean \"from\"?)"}}) {
    const auto query = ask(row.target);
    ASSERT_FALSE(query) << row.target;
    EXPECT_EQ(query.error().status, row.status) << row.target;
    EXPECT_THAT(query.error().detail, HasSubstr(row.detail)) << row.target;
  }
  EXPECT_TRUE(ask("/revenue?from=2025-01-01&to=2026-02-04"));  // 400
  EXPECT_TRUE(ask("/revenue?by=line,currency", "ratio"));
  EXPECT_THAT(ask("/revenue?by=line", "ratio").error().detail, HasSubstr("do not add up"));
}

TEST(ReportTable, ShowsTheSigmaLevelOfWhatTheStatementCounts) {
  ReportUse use;
  use.config = {"sigma_level", "Sigma level", "score", {}, Transform::SigmaLevel, ""};
  const DaySpan span{*parse_day("2026-11-29"), *parse_day("2026-11-30")};
  ReportTable table{.report = std::make_shared<const ReportUse>(use),
                    .location = "UTC",
                    .span = span,
                    .times = ReportTimes(span, "UTC", WallTime(hours(24 * 20'800))),
                    .read_at = {},
                    .by = {},
                    .series = {}};
  sql::Rows rows;
  rows.columns = {"period", "value"};
  rows.values = {{table.times.periods[0].label, 66807.2}, {table.times.periods[1].label, std::int64_t{0}}};
  const auto filled = with_rows(table, rows);
  ASSERT_TRUE(filled) << filled.error().message;
  ASSERT_EQ(filled->series.size(), 1U);
  EXPECT_NEAR(filled->series[0].values[0].value_or(0), 3.0, 0.0001);
  EXPECT_FALSE(filled->series[0].values[1]);  // without a defect there is none
}

TEST(ReportTable, AddsUpWhatItIsNotSplitByButNeverCurrencies) {
  const sql::Rows rows = rows_of({{"2026-11-01", "EUR", "shop", std::int64_t{100}},
                                  {"2026-11-01", "EUR", "rent", std::int64_t{20}},
                                  {"2026-11-01", "USD", "shop", std::int64_t{7}},
                                  {"2026-11-03", "EUR", "shop", std::int64_t{3}},
                                  {"total", "EUR", "shop", std::int64_t{103}},
                                  {"total", "EUR", "rent", std::int64_t{20}},
                                  {"before", "EUR", "shop", std::int64_t{82}},
                                  {"1999-01-01", "EUR", "shop", std::int64_t{1}}});
  const ReportTable table = table_of("/revenue?from=2026-11-01&to=2026-11-03", rows);
  ASSERT_EQ(table.series.size(), 2U);
  EXPECT_THAT(table.series[0].labels, ElementsAre("EUR"));
  EXPECT_THAT(table.series[0].values, ElementsAre(ReportValue(120), std::nullopt, ReportValue(3)));
  EXPECT_EQ(table.series[0].total, ReportValue(123));
  EXPECT_EQ(table.series[0].before, ReportValue(82));
  EXPECT_THAT(table.series[1].values, ElementsAre(ReportValue(7), std::nullopt, std::nullopt));
  EXPECT_EQ(table.series[1].total, std::nullopt);
  EXPECT_EQ(table_of("/revenue?from=2026-11-01&to=2026-11-03&by=line", rows).series.size(), 3U);
}

TEST(ReportTable, TakesNoValueForWhatIsNoNumber) {
  const ReportTable table = table_of("/revenue?from=2026-11-01&to=2026-11-04",
                                     rows_of({{"2026-11-01", "EUR", "x", std::monostate{}},
                                              {"2026-11-02", "EUR", "x", std::string("12")},
                                              {"2026-11-03", "EUR", "x", INFINITY},
                                              {"2026-11-04", "EUR", "x", -2.5}}));
  EXPECT_THAT(table.series[0].values,
              ElementsAre(std::nullopt, std::nullopt, std::nullopt, ReportValue(-2.5)));
  sql::Rows wrong;
  wrong.columns = {"period", "value"};
  ReportTable empty = table;
  empty.by = {"currency"};
  EXPECT_EQ(with_rows(empty, wrong).error().message, "the report's statement answers no column \"currency\"");
}

TEST(ReportCsv, EscapesTextsThatASpreadsheetWouldRunAndNoNumbers) {
  std::vector<std::vector<sql::Value>> values;
  for (const char* line :
       {"=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", "a,b", "say \"x\"", "two\nlines", ""})
    values.push_back({"2026-11-01", "EUR", line, std::int64_t{-5}});
  const std::string csv =
      report_csv(table_of("/revenue?from=2026-11-01&to=2026-11-01&by=line", rows_of(std::move(values))));
  EXPECT_EQ(csv.substr(0, 28), "period,currency,line,value\r\n");
  for (const char* line :
       {"2026-11-01,EUR,'=1+1,-5\r\n", "2026-11-01,EUR,'+1,-5\r\n", "2026-11-01,EUR,'-1,-5\r\n",
        "2026-11-01,EUR,'@x,-5\r\n", "2026-11-01,EUR,'\tx,-5\r\n", "2026-11-01,EUR,\"'\rx\",-5\r\n",
        "2026-11-01,EUR,plain,-5\r\n", "2026-11-01,EUR,\"a,b\",-5\r\n",
        "2026-11-01,EUR,\"say \"\"x\"\"\",-5\r\n", "2026-11-01,EUR,\"two\nlines\",-5\r\n",
        "2026-11-01,EUR,,-5\r\n"})
    EXPECT_THAT(csv, HasSubstr(line));
}

TEST(ReportCsv, HasEveryPeriod) {
  EXPECT_EQ(report_csv(table_of("/revenue?from=2026-11-01&to=2026-11-02", rows_of({}))),
            "period,currency,value\r\n2026-11-01,,\r\n2026-11-02,,\r\n");
  EXPECT_EQ(report_csv(table_of("/revenue?from=2026-11-01&to=2026-11-02",
                                rows_of({{"2026-11-02", "EUR", "x", std::int64_t{100000}}}))),
            "period,currency,value\r\n2026-11-01,EUR,\r\n2026-11-02,EUR,100000\r\n");
}

TEST(ReportCsv, NumbersReadBackAsTheyWere) {
  for (const auto& [value, text] :
       std::vector<std::pair<double, std::string>>{{100000, "100000"},
                                                   {-0.0, "0"},
                                                   {9007199254740992, "9007199254740992"},
                                                   {0.1, "0.1"},
                                                   {1e300, "1e+300"}})
    EXPECT_EQ(number_text(value), text);
}

TEST(ReportJson, HasEveryPeriodWithItsBounds) {
  const auto json = parse_json(report_json(table_of(
      "/revenue?from=2026-03-28&to=2026-03-29", rows_of({{"2026-03-29", "EUR", "<b>\xff", std::int64_t{12}},
                                                         {"total", "EUR", "x", std::int64_t{12}}}))));
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(
      (*json)["periods"].dump(),
      R"([{"begins":"2026-03-27T23:00:00.000Z","ends":"2026-03-28T23:00:00.000Z","label":"2026-03-28"},)"
      R"({"begins":"2026-03-28T23:00:00.000Z","ends":"2026-03-29T22:00:00.000Z","label":"2026-03-29"}])");
  EXPECT_EQ((*json)["series"].dump(),
            R"([{"before":null,"labels":{"currency":"EUR"},"total":12,"values":[null,12]}])");
  EXPECT_EQ((*json)["by"].dump(), R"(["currency"])");
  EXPECT_EQ((*json)["location"], "Europe/Berlin");
}

}  // namespace
}  // namespace picket::business
