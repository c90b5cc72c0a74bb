// When queries run next.
#include "exporters/business/queries/query_schedule.h"

#include <gtest/gtest.h>

#include "tests/support/manual_scheduler.h"

namespace picket::business {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(QuerySchedule, TellsTheNextRunOfEachQuery) {
  test::ManualScheduler scheduler;
  Logger log({}, scheduler.clock(), [](std::string_view) {});
  MetricRegistry registry;
  QuerySchedule schedule(scheduler, log, registry, [](const QueryPtr&, const ReadOutcome&) {});
  DatabaseConfig database;
  database.name = "app";
  database.dsn = Secret("sqlite:/nowhere/app.db");
  auto query = std::make_shared<QueryConfig>();
  query->name = "orders";
  query->database = "app";
  query->interval = minutes(5);
  schedule.apply({database}, {query});
  const Duration first = schedule.next_runs().at("orders");
  EXPECT_LT(first, seconds(1));  // the start is spread
  scheduler.advance(first);
  EXPECT_EQ(schedule.next_runs().at("orders"), minutes(5));
  scheduler.advance(minutes(14));
  EXPECT_EQ(schedule.next_runs().at("orders"), minutes(1));
  Read read;
  read.sql = "SELECT 1";
  EXPECT_FALSE(schedule.submit("other", read));
  schedule.stop();
  EXPECT_TRUE(schedule.next_runs().empty());
}

}  // namespace
}  // namespace picket::business
