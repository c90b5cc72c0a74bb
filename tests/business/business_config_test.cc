// business.yml: what is taken, and every mistake at once with its place.
#include "exporters/business/config/business_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace picket::business {
namespace {

using ::testing::HasSubstr;

Result<BusinessConfig> parse(std::string_view text) {
  return parse_business_config(text, "business.yml", RealFiles());
}
std::string problems_of(std::string_view text) {
  const auto config = parse(text);
  EXPECT_FALSE(config);
  return config ? "" : config.error().message;
}
/// A file with one query whose keys beyond the needed ones are `query`, and one metric that is `metric`.
std::string file_with(const std::string& query, const std::string& metric) {
  return "databases: [{name: app, dsn: 'sqlite:/tmp/app.db'}]\nqueries:\n- name: q\n  database: app\n  sql: "
         "SELECT 1\n" +
         query + "  metrics:\n  - {" + metric + "}\n";
}

TEST(BusinessConfig, AnEmptyFileIsValid) {
  for (const char* text : {"", "databases:\nqueries:\n", "queries: []\n"}) {
    const auto config = parse(text);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_TRUE(config->queries.empty());
  }
}

TEST(BusinessConfig, ReadsAQueryWithItsDefaults) {
  const auto config = parse(R"(
databases: [{name: app, dsn: "postgresql://reader:secret@db/app", max_sessions: 2, lock_timeout: 100ms}]
queries:
- name: orders
  database: app
  interval: 5s
  timeout: 2s
  max_age: 1m
  sql: "SELECT region, count(*) AS n FROM orders GROUP BY region"
  metrics: [{name: app_orders_total, type: counter, help: "Orders.", labels: [region], value: n}]
- name: sizes
  database: app
  sql: SELECT 1
  max_rows: 5
  max_bytes: 1MiB
  watermark: at
  metrics:
  - {name: app_size_bytes, type: histogram, help: Sizes., static_labels: {kind: mail}, value: size, buckets: [1, 10], count: n, sum: total, scale: 1024}
  - {name: app_state, type: gauge, help: States., values: [open, closed], value_label: state}
  - {name: app_info, type: info, help: Versions., labels: [version]}
  - {name: app_limit, type: gauge, help: Limit., static_value: 3}
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->databases[0].source().engine, sql::Engine::Postgres);
  EXPECT_EQ(config->databases[0].max_sessions, 2U);
  const QueryConfig& sizes = *config->queries[1];
  EXPECT_EQ(sizes.interval, std::chrono::minutes(1));
  EXPECT_EQ(sizes.timeout, std::chrono::seconds(10));
  EXPECT_EQ(sizes.max_age, std::chrono::minutes(5));
  EXPECT_THAT(sizes.metrics[1].label_names(), ::testing::ElementsAre("state"));
  EXPECT_THAT(sizes.metrics[0].label_names(), ::testing::ElementsAre("kind"));
}

TEST(BusinessConfig, ReadsWhoseDaysReportsCount) {
  EXPECT_EQ(parse("")->reports.location, "UTC");
  const auto config = parse("reports: {location: Europe/Berlin, timeout: 5s}");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->reports.location, "Europe/Berlin");
  EXPECT_EQ(config->reports.timeout, std::chrono::seconds(5));
  const std::string problems = problems_of("reports: {location: Europe/Berln, timeout: 1ms}");
  EXPECT_THAT(problems,
              HasSubstr("business.yml:1:21: reports.location: time zone \"Europe/Berln\" is not known"));
  EXPECT_THAT(problems, HasSubstr("reports.timeout: must be from 1s to 5m"));
}

TEST(BusinessConfig, TellsEveryMistakeWithItsPlace) {
  const std::string problems = problems_of(R"(
databases:
- {name: app, dsn: "mysql://x"}
- {name: app, dns: x}
queries:
- {name: a, database: ap, sql: SELECT 1, metrics: [{name: a, type: sum, help: x, value: n}]}
- {name: a, database: app, interval: 0s, metrics: []}
)");
  for (const char* problem :
       {"business.yml:3:20: databases[0].dsn: unknown database \"mysql\"",
        "business.yml:4:10: databases[1].name: \"app\" is defined twice",
        "business.yml:4:15: databases[1]: unknown key \"dns\" (did you mean \"dsn\"?)",
        "business.yml:6:23: queries[0].database: \"ap\" is not in databases (did you mean \"app\"?)",
        "queries[0].metrics[0].type", "business.yml:7:10: queries[1].name: \"a\" is defined twice",
        "queries[1].interval: must be between 1s and 7d", "queries[1].sql",
        "queries[1].metrics: the query has no metric"})
    EXPECT_THAT(problems, HasSubstr(problem));
}

TEST(BusinessConfig, TellsWhatIsWrongWithAMetric) {
  const struct {
    const char* metric;
    const char* problem;
  } rows[] = {
      {"name: a, type: counter, help: x, value: n", "must end in _total"},
      {"name: a_total, type: gauge, help: x, value: n", "only the name of a counter"},
      {"name: a, type: info, help: x", "must end in _info"},
      {"name: a_info, type: info, help: x, value: n", "an info has no value"},
      {"name: a b, type: gauge, help: x, value: n", "must be letters, digits"},
      {"name: a, type: gauge, help: x", "value is missing"},
      {"name: a, type: gauge, help: ' ', value: n", "help: is empty"},
      {"name: a, type: gauge, help: x, value: n, values: [m]", "not both"},
      {"name: a, type: gauge, help: x, values: [n, m]", "need value_label"},
      {"name: a, type: gauge, help: x, value: n, value_label: l", "is for several values"},
      {"name: a, type: gauge, help: x, value: n, static_value: 1", "not both"},
      {"name: a, type: gauge, help: x, static_value: Inf", "number"},
      {"name: a, type: gauge, help: x, value: n, scale: 0", "other than 0"},
      {"name: a, type: gauge, help: x, value: n, labels: [__name__]", "cannot be a label"},
      {"name: a, type: gauge, help: x, value: n, labels: [l], static_labels: {l: v}", "is there twice"},
      {"name: a, type: gauge, help: x, value: n, buckets: [1]", "is for histograms"},
      {"name: a, type: histogram, help: x, value: n", "needs buckets"},
      {"name: a, type: histogram, help: x, value: n, buckets: [2, 1]", "each larger"},
      {"name: a, type: histogram, help: x, value: n, buckets: [1], labels: [le]", "cannot be a label"},
      {"name: business_query_rows, type: gauge, help: x, value: n", "of the exporter itself"},
  };
  for (const auto& row : rows)
    EXPECT_THAT(problems_of(file_with("", row.metric)), HasSubstr(row.problem)) << row.metric;
}

TEST(BusinessConfig, TakesEveryFormOfADsn) {
  const auto engine_of = [](const std::string& dsn) {
    const auto config = parse("databases: [{name: app, dsn: '" + dsn + "'}]");
    EXPECT_TRUE(config) << config.error().message;
    return config ? config->databases[0].source().engine : sql::Engine::Sqlite;
  };
  EXPECT_EQ(engine_of("host=db.example.org user=reader dbname=app"), sql::Engine::Postgres);
  EXPECT_EQ(engine_of("postgres://reader@db/app"), sql::Engine::Postgres);
  EXPECT_EQ(engine_of("SQLite:/var/lib/a=b.db"), sql::Engine::Sqlite);
}

TEST(BusinessConfig, ASqliteFileIsBesideTheConfiguration) {
  const auto config = parse_business_config("databases: [{name: app, dsn: 'sqlite:app.db'}]",
                                            "/etc/picket/business.yml", RealFiles());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->databases[0].source().sqlite_path, "/etc/picket/app.db");
}

TEST(BusinessConfig, ANameIsWrittenByOneMetricAlone) {
  EXPECT_THAT(problems_of(file_with("",
                                    "name: a, type: histogram, help: x, value: n, buckets: [1]}\n"
                                    "  - {name: a_count, type: gauge, help: x, value: n")),
              HasSubstr("\"a_count\" is written by query \"q\" already"));
}

TEST(BusinessConfig, TimesFitEachOther) {
  EXPECT_THAT(
      problems_of(file_with("  interval: 5s\n  timeout: 6s\n", "name: a, type: gauge, help: x, value: n")),
      HasSubstr("must not be longer than the interval (5s)"));
  EXPECT_THAT(problems_of(file_with("  max_age: 30s\n", "name: a, type: gauge, help: x, value: n")),
              HasSubstr("must be at least the interval (1m)"));
  const auto short_one = parse(file_with("  interval: 2s\n", "name: a, type: gauge, help: x, value: n"));
  ASSERT_TRUE(short_one) << short_one.error().message;
  EXPECT_EQ(short_one->queries[0]->timeout, std::chrono::seconds(2));
}

TEST(BusinessConfig, APasswordIsNeverShown) {
  const std::string problems =
      problems_of("databases: [{name: app, dsn: 'postgresql://u:hidden-word@h:port/db'}]\n");
  EXPECT_EQ(problems.find("hidden-word"), std::string::npos) << problems;
}

}  // namespace
}  // namespace picket::business
