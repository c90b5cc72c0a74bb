// The last good result over failures, time, reloads and restarts.
#include "exporters/business/results/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "exporters/business/config/business_config.h"
#include "exporters/business/results/result_json.h"
#include "tests/support/manual_scheduler.h"

namespace picket::business {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class ResultsTest : public ::testing::Test {
 protected:
  ResultsTest() { results_.apply(config("SELECT 1")); }

  static std::vector<QueryPtr> config(const std::string& statement) {
    const auto parsed = parse_business_config(
        "databases: [{name: app, dsn: 'sqlite:x'}]\nqueries: [{name: q, database: app, max_age: 5m, sql: '" +
            statement +
            "', metrics: [{name: a_total, type: counter, help: x, labels: [l], value: n},"
            " {name: h, type: histogram, help: x, value: n, buckets: [1]}]}]",
        "business.yml", RealFiles());
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed->queries;
  }
  void record(std::int64_t value) {
    sql::Rows rows;
    rows.columns = {"l", "n"};
    rows.values = {{"x", value}};
    results_.record(results_.snapshot()[0].config, rows, seconds(0));
  }
  void fail_with(sql::ReadFailure reason) {
    results_.record(results_.snapshot()[0].config, sql::refuse(reason, "why"), seconds(0));
  }
  /// Of the counter; -1 when there is no result.
  double value() const {
    const QueryStatus status = results_.snapshot()[0];
    return status.result ? status.result->metrics[0].samples[0].value : -1;
  }

  picket::test::ManualScheduler scheduler_;
  std::vector<std::string> lines_;
  Logger log_{{}, scheduler_.clock(), [this](std::string_view line) { lines_.emplace_back(line); }};
  std::vector<StoredResult> saved_;
  Results results_{scheduler_.clock(), log_,
                   [this](StoredResult result) { saved_.push_back(std::move(result)); }};
};

TEST_F(ResultsTest, AFailureLeavesTheLastGoodResult) {
  record(7);
  fail_with(sql::ReadFailure::Timeout);
  const QueryStatus status = results_.snapshot()[0];
  EXPECT_EQ(value(), 7);
  EXPECT_EQ(status.runs, 2U);
  EXPECT_EQ(status.failures[static_cast<std::size_t>(FailureReason::Timeout)], 1U);
  EXPECT_EQ(status.last_error, "why");
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("msg=\"query failed\" query=q reason=timeout error=why"), std::string::npos)
      << lines_[0];
  record(8);
  EXPECT_EQ(results_.snapshot()[0].last_error, "");
}

TEST_F(ResultsTest, AResultOfTheWrongShapeIsAFailure) {
  record(7);
  sql::Rows rows;
  rows.columns = {"l"};
  results_.record(results_.snapshot()[0].config, rows, seconds(0));
  EXPECT_EQ(results_.snapshot()[0].failures[static_cast<std::size_t>(FailureReason::Shape)], 1U);
  EXPECT_EQ(value(), 7);
}

TEST_F(ResultsTest, AResultOlderThanMaxAgeIsWithdrawn) {
  EXPECT_FALSE(results_.snapshot()[0].stale);
  record(7);
  scheduler_.advance(minutes(5));
  EXPECT_EQ(value(), 7);
  scheduler_.advance(seconds(1));
  EXPECT_EQ(value(), -1);
  EXPECT_TRUE(results_.snapshot()[0].stale);
  EXPECT_TRUE(results_.snapshot()[0].last_success);
  record(8);
  EXPECT_EQ(value(), 8);
}

TEST_F(ResultsTest, AStepOfTheWallClockAgesNothing) {
  record(7);
  scheduler_.manual_clock().step_wall(std::chrono::hours(24));
  EXPECT_EQ(value(), 7);
}

TEST_F(ResultsTest, ARestartShowsTheResultWithItsTrueAge) {
  record(7);
  scheduler_.advance(minutes(3));
  Results after(scheduler_.clock(), log_, [](const StoredResult&) {});
  after.apply(config("SELECT 1"));
  after.restore(saved_);
  ASSERT_TRUE(after.snapshot()[0].result);
  EXPECT_EQ(after.snapshot()[0].last_success, picket::test::ManualClock::kStart);
  scheduler_.advance(minutes(3));
  EXPECT_FALSE(after.snapshot()[0].result);
  EXPECT_TRUE(after.snapshot()[0].stale);
}

TEST_F(ResultsTest, AResultOfAClockThatWasAheadIsAsOldAsTheRestart) {
  record(7);
  scheduler_.manual_clock().step_wall(-std::chrono::hours(24));
  Results after(scheduler_.clock(), log_, [](const StoredResult&) {});
  after.apply(config("SELECT 1"));
  after.restore(saved_);
  EXPECT_TRUE(after.snapshot()[0].result);
  scheduler_.advance(minutes(6));
  EXPECT_TRUE(after.snapshot()[0].stale);
}

TEST_F(ResultsTest, AStoredResultOfAnotherShapeIsLeftOut) {
  record(7);
  for (const char* body :
       {R"({"rows":1,"metrics":{"a":1,"b":2}})", R"({"rows":1,"metrics":[{"a":1},[]]})",
        R"({"rows":-1,"metrics":[[],[]]})", R"({"rows":1,"metrics":[[[["x"],null]],[]]})", "[]"}) {
    Results other(scheduler_.clock(), log_, [](const StoredResult&) {});
    other.apply(config("SELECT 1"));
    saved_[0].body = body;
    other.restore(saved_);
    EXPECT_FALSE(other.snapshot()[0].result) << body;
  }
}

TEST_F(ResultsTest, ACounterGoesOnOverARestart) {
  record(100);
  Results after(scheduler_.clock(), log_, [](const StoredResult&) {});
  after.apply(config("SELECT 1"));
  after.restore(saved_);
  sql::Rows rows;
  rows.columns = {"l", "n"};
  rows.values = {{"x", std::int64_t{99}}};
  after.record(after.snapshot()[0].config, rows, seconds(0));
  EXPECT_EQ(after.snapshot()[0].result->metrics[0].samples[0].value, 100);
  EXPECT_EQ(after.snapshot()[0].drops[static_cast<std::size_t>(DropReason::Decrease)], 1U);
}

TEST_F(ResultsTest, ResultsOfOtherStatementsAndTornOnesAreLeftOut) {
  record(7);
  Results other(scheduler_.clock(), log_, [](const StoredResult&) {});
  other.apply(config("SELECT 2"));
  other.restore(saved_);
  EXPECT_FALSE(other.snapshot()[0].result);
  const std::string whole = saved_[0].body;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    Results torn(scheduler_.clock(), log_, [](const StoredResult&) {});
    torn.apply(config("SELECT 1"));
    saved_[0].body = whole.substr(0, cut);
    torn.restore(saved_);
    ASSERT_FALSE(torn.snapshot()[0].result) << saved_[0].body;
  }
}

TEST_F(ResultsTest, AReloadKeepsWhatMeansTheSame) {
  record(7);
  results_.apply(config("SELECT 1"));
  EXPECT_EQ(value(), 7);
  EXPECT_EQ(results_.snapshot()[0].runs, 1U);
  results_.apply(config("SELECT 2"));
  EXPECT_EQ(value(), -1);
  EXPECT_EQ(results_.snapshot()[0].runs, 0U);
}

TEST_F(ResultsTest, ARunOfAQueryThatIsGoneIsForgotten) {
  const QueryPtr gone = results_.snapshot()[0].config;
  results_.apply({});
  results_.record(gone, sql::Rows{}, seconds(0));
  EXPECT_TRUE(results_.snapshot().empty());
}

TEST_F(ResultsTest, ARunOfAQueryThatHasChangedIsForgotten) {
  const QueryPtr before = results_.snapshot()[0].config;
  results_.apply(config("SELECT 2"));
  sql::Rows rows;
  rows.columns = {"l", "n"};
  rows.values = {{"x", std::int64_t{7}}};
  results_.record(before, rows, seconds(0));
  results_.record(before, sql::refuse(sql::ReadFailure::Timeout, "why"), seconds(0));
  EXPECT_EQ(value(), -1);
  EXPECT_EQ(results_.snapshot()[0].runs, 0U);
  EXPECT_TRUE(saved_.empty());
}

/// A query with one metric, as written.
QueryConfig query_of(const std::string& metric) {
  const auto parsed = parse_business_config(
      "databases: [{name: app, dsn: 'sqlite:x'}]\n"
      "queries: [{name: q, database: app, sql: SELECT 1, metrics: [" +
          metric + "]}]",
      "business.yml", RealFiles());
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed->queries[0] : QueryConfig{};
}

TEST(QueryFingerprint, DependsOnWhateverChangesTheSeries) {
  const std::vector<std::string> metrics = {
      "{name: a, type: gauge, help: x, value: n}",
      "{name: a, type: gauge, help: x, value: m}",
      "{name: a, type: gauge, help: x, static_value: 2}",
      "{name: a, type: gauge, help: x, static_value: 3}",
      "{name: a, type: gauge, help: x, value: n, scale: 2}",
      "{name: a, type: gauge, help: x, value: n, labels: [l]}",
      "{name: a, type: gauge, help: x, value: n, static_labels: {l: one}}",
      "{name: a, type: gauge, help: x, value: n, static_labels: {l: two}}",
      "{name: a, type: histogram, help: x, value: n, buckets: [1]}",
      "{name: a, type: histogram, help: x, value: n, buckets: [1], count: c}",
      "{name: a, type: histogram, help: x, value: n, buckets: [1], sum: c}",
  };
  std::map<std::string, std::string> seen;
  for (const std::string& metric : metrics) {
    const auto [other, fresh] = seen.emplace(query_of(metric).fingerprint(), metric);
    EXPECT_TRUE(fresh) << metric << " is the same as " << other->second;
  }
  EXPECT_EQ(query_of("{name: a, type: gauge, help: y, value: n}").fingerprint(),
            query_of(metrics[0]).fingerprint());
}

}  // namespace
}  // namespace picket::business
