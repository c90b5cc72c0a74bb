// Calendar windows: the same answers as Alertmanager's time intervals.
#include <gtest/gtest.h>

#include <vector>

#include "base/time/calendar.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

CalendarWindow window_of(std::string_view times, std::string_view weekdays, std::string_view days,
                         std::string_view months) {
  CalendarWindow window;
  if (!times.empty()) {
    window.times = {
        {parse_minute_of_day(times.substr(0, 5)).value(), parse_minute_of_day(times.substr(6)).value()}};
  }
  if (!weekdays.empty()) window.weekdays = {parse_weekday_range(weekdays).value()};
  if (!days.empty()) window.days_of_month = {parse_day_of_month_range(days).value()};
  if (!months.empty()) window.months = {parse_month_range(months).value()};
  return window;
}

TEST(Calendar, ADayBeginsAtMidnightOfItsZone) {
  struct Row {
    std::string_view zone, day, begins;
    int hours;
  };
  const std::vector<Row> rows{
      {"UTC", "2026-03-29", "2026-03-29T00:00:00Z", 24},
      {"Europe/Berlin", "2026-01-05", "2026-01-04T23:00:00Z", 24},
      {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23},
      {"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25},
      {"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25},
      {"Asia/Kolkata", "2026-11-01", "2026-10-31T18:30:00Z", 24},
      {"America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", 23},  // midnight is skipped: it begins at 1:00
      {"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25},  // midnight is there twice: the first
      {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0},     // a day that there was not
  };
  for (const Row& row : rows) {
    const Day day = parse_day(row.day).value();
    const WallTime begins = start_of_day(row.zone, day);
    EXPECT_EQ(format_rfc3339(begins), format_rfc3339(parse_rfc3339(row.begins).value()))
        << row.zone << " " << row.day;
    EXPECT_EQ(start_of_day(row.zone, day + std::chrono::days(1)) - begins, std::chrono::hours(row.hours))
        << row.zone << " " << row.day;
    if (row.hours == 0) continue;
    EXPECT_EQ(day_at(row.zone, begins), day) << row.zone << " " << row.day;
    EXPECT_EQ(day_at(row.zone, begins - std::chrono::seconds(1)), day - std::chrono::days(1));
  }
}

TEST(Calendar, DaysAreReadAndWritten) {
  EXPECT_EQ(format_day(parse_day("2024-02-29").value()), "2024-02-29");
  for (const char* wrong : {"", "2026-02-29", "2026-13-01", "2026-1-1", "+026-01-01", "2026-01-01T",
                            "1969-12-31", "2200-01-01", "2026/01/01"})
    EXPECT_FALSE(parse_day(wrong)) << wrong;
}

TEST(Calendar, WindowsContainTheirTimes) {
  struct Row {
    std::string_view times, weekdays, days, months, time;
    bool inside;
  };
  const std::vector<Row> rows{
      {"", "", "", "", "2026-01-05T12:00:00Z", true},
      {"09:00-17:00", "monday:friday", "", "", "2026-01-05T09:00:00Z", true},
      {"09:00-17:00", "monday:friday", "", "", "2026-01-05T16:59:59Z", true},
      {"09:00-17:00", "monday:friday", "", "", "2026-01-05T17:00:00Z", false},
      {"09:00-17:00", "monday:friday", "", "", "2026-01-04T12:00:00Z", false},
      {"22:00-24:00", "", "", "", "2026-01-04T23:59:59.999Z", true},
      {"", "sunday", "", "", "2026-01-04T00:00:00Z", true},
      {"", "", "1:7", "", "2026-01-07T23:59:59Z", true},
      {"", "", "1:7", "", "2026-01-08T00:00:00Z", false},
      {"", "", "-1", "", "2026-02-28T12:00:00Z", true},
      {"", "", "-1", "", "2026-02-27T12:00:00Z", false},
      {"", "", "-1", "", "2024-02-29T12:00:00Z", true},
      {"", "", "-7:-1", "", "2026-04-24T00:00:00Z", true},
      {"", "", "-7:-1", "", "2026-04-23T23:59:59Z", false},
      {"", "", "25:-1", "", "2026-01-31T12:00:00Z", true},
      {"", "", "25:31", "", "2026-02-28T12:00:00Z", true},  // clamped to the month
      {"", "", "30:31", "", "2026-02-28T12:00:00Z",
       false},  // starts after the month's end: not clamped into it
      {"", "", "-31:-29", "", "2026-02-01T12:00:00Z", false},
      {"", "", "-31:-20", "", "2026-02-01T12:00:00Z", true},
      {"", "", "", "january:march", "2026-03-31T23:59:59Z", true},
      {"", "", "", "january:march", "2026-04-01T00:00:00Z", false},
      {"", "", "", "12", "2026-12-01T00:00:00Z", true},
  };
  for (const Row& row : rows) {
    const CalendarWindow window = window_of(row.times, row.weekdays, row.days, row.months);
    EXPECT_EQ(contains(window, parse_rfc3339(row.time).value()), row.inside)
        << row.times << " " << row.weekdays << " " << row.days << " " << row.months << " at " << row.time;
  }
}

TEST(Calendar, AnyRangeOfAListIsEnoughButEveryListMustAgree) {
  CalendarWindow window;
  window.times = {{0, 60}, {120, 180}};
  window.years = {{2026, 2027}, {2030, 2030}};
  EXPECT_TRUE(contains(window, parse_rfc3339("2026-01-05T02:30:00Z").value()));
  EXPECT_FALSE(contains(window, parse_rfc3339("2026-01-05T01:30:00Z").value()));
  EXPECT_TRUE(contains(window, parse_rfc3339("2030-01-05T00:30:00Z").value()));
  EXPECT_FALSE(contains(window, parse_rfc3339("2028-01-05T00:30:00Z").value()));
}

TEST(Calendar, SeesTheTimeInTheWindowsZone) {
  CalendarWindow window = window_of("09:00-17:00", "monday", "", "");
  window.location = "Australia/Sydney";
  ASSERT_TRUE(check_location(window.location));
  EXPECT_TRUE(
      contains(window, parse_rfc3339("2026-01-04T22:00:00Z").value()));  // Monday 09:00 there, summer time
  EXPECT_FALSE(contains(window, parse_rfc3339("2026-01-04T21:59:59Z").value()));
  EXPECT_TRUE(
      contains(window, parse_rfc3339("2026-07-05T23:00:00Z").value()));  // Monday 09:00 there, winter time
  EXPECT_FALSE(contains(window, parse_rfc3339("2026-07-05T22:59:59Z").value()));
}

TEST(Calendar, RefusesZonesThatDoNotExist) {
  EXPECT_TRUE(check_location("UTC"));
  EXPECT_TRUE(check_location("Local"));
  EXPECT_TRUE(check_location("Europe/Berlin"));
  for (const std::string_view zone : {"Europe/Berlim", "../../etc/passwd", "CET-1"}) {
    const auto checked = check_location(zone);
    ASSERT_FALSE(checked) << zone;
    EXPECT_EQ(checked.error().kind, ErrorKind::InvalidInput);
  }
}

TEST(Calendar, AZoneThatIsGoneCountsAsUtc) {
  CalendarWindow window = window_of("09:00-17:00", "monday", "", "");
  window.location = "Europe/Berlim";
  EXPECT_TRUE(contains(window, parse_rfc3339("2026-01-05T09:00:00Z").value()));
  EXPECT_FALSE(contains(window, parse_rfc3339("2026-01-05T08:59:59Z").value()));
}

TEST(Calendar, RangesAreReadAsAlertmanagerWritesThem) {
  EXPECT_EQ(parse_minute_of_day("00:00").value(), 0);
  EXPECT_EQ(parse_minute_of_day("23:59").value(), 1439);
  EXPECT_EQ(parse_minute_of_day("24:00").value(), 1440);
  for (const std::string_view text : {"", "9:00", "24:01", "12:60", "+1:00", "12:+1", "12-00", "12:00 "}) {
    EXPECT_FALSE(parse_minute_of_day(text)) << text;
  }
  const auto weekdays = parse_weekday_range("Monday:Friday").value();
  EXPECT_EQ(weekdays.first, 1);
  EXPECT_EQ(weekdays.last, 5);
  for (const std::string_view text : {"", "mon", "friday:monday", "monday:", "monday:tuesday:friday", "1"}) {
    EXPECT_FALSE(parse_weekday_range(text)) << text;
  }
  EXPECT_EQ(parse_day_of_month_range("-7:-1")->first, -7);
  for (const std::string_view text : {"0", "32", "-32", "7:1", "-1:-7", "-5:5", "1:0", "x"}) {
    EXPECT_FALSE(parse_day_of_month_range(text)) << text;
  }
  EXPECT_EQ(parse_month_range("may:8")->last, 8);
  for (const std::string_view text : {"0", "13", "mai", "may:january"})
    EXPECT_FALSE(parse_month_range(text)) << text;
  EXPECT_EQ(parse_year_range("2026:2030")->last, 2030);
  for (const std::string_view text : {"", "2030:2026", "next"}) EXPECT_FALSE(parse_year_range(text)) << text;
}

}  // namespace
}  // namespace picket
