// When queries run next.
#include "exporters/business/queries/query_schedule.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/support/manual_scheduler.h"

namespace picket::business {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class QueryScheduleTest : public testing::Test {
 protected:
  void TearDown() override { schedule_.stop(); }

  void apply(const std::vector<std::string>& names) {
    DatabaseConfig database;
    database.name = "app";
    database.dsn = Secret("sqlite:/nowhere/app.db");
    std::vector<QueryPtr> queries;
    for (const std::string& name : names) {
      auto query = std::make_shared<QueryConfig>();
      query->name = name;
      query->database = "app";
      query->interval = minutes(5);
      queries.push_back(query);
    }
    schedule_.apply({database}, queries);
  }

  test::ManualScheduler scheduler_;
  Logger log_{{}, scheduler_.clock(), [](std::string_view) {}};
  MetricRegistry registry_;
  QuerySchedule schedule_{scheduler_, log_, registry_, [](const QueryPtr&, const ReadOutcome&) {}};
};

TEST_F(QueryScheduleTest, TellsTheNextRunOfEachQuery) {
  apply({"orders"});
  const Duration first = schedule_.next_runs().at("orders");
  EXPECT_LT(first, seconds(1));  // the start is spread
  scheduler_.advance(first);
  const Duration second = schedule_.next_runs().at("orders");
  EXPECT_GT(second, seconds(0));
  EXPECT_LE(second, minutes(5));
  scheduler_.advance(second);
  EXPECT_EQ(schedule_.next_runs().at("orders"), minutes(5));
  scheduler_.advance(minutes(14));
  EXPECT_EQ(schedule_.next_runs().at("orders"), minutes(1));
  Read read;
  read.sql = "SELECT 1";
  EXPECT_FALSE(schedule_.submit("other", read));
  schedule_.stop();
  EXPECT_TRUE(schedule_.next_runs().empty());
}

TEST_F(QueryScheduleTest, SpreadsTheRunsOfManyQueriesOverTheInterval) {
  constexpr int kQueries = 200, kParts = 10;
  std::vector<std::string> names;
  names.reserve(kQueries);
  for (int i = 0; i < kQueries; ++i) names.push_back(fmt::format("query_{}", i));
  apply(names);
  scheduler_.advance(seconds(1));
  std::array<int, kParts> begin_in{};
  for (const auto& [name, next] : schedule_.next_runs())
    ++begin_in.at(static_cast<std::size_t>((next - Duration(1)) / (Duration(minutes(5)) / kParts)));
  for (const int count : begin_in) EXPECT_LT(count, 2 * kQueries / kParts);
}

}  // namespace
}  // namespace picket::business
