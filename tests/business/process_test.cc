// The program itself: started, scraped, reloaded, killed and started again.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sql/database.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using picket::test::http_get;
using picket::test::Process;
using std::chrono::seconds;
using ::testing::HasSubstr;

class BusinessExporterTest : public ::testing::Test {
 protected:
  BusinessExporterTest() : shop_(*sql::Database::open(*sql::Dsn::parse(dir_.file("shop.db")))) {
    change("CREATE TABLE orders (region TEXT, amount BIGINT)");
    change("INSERT INTO orders VALUES ('north', 10), ('north', 20), ('south', 3)");
  }
  void change(const std::string& statement) const { ASSERT_TRUE(shop_->execute(statement)); }
  void configure(const std::string& more = "") const {
    dir_.write("business.yml", fmt::format(R"(
databases: [{{name: shop, dsn: "sqlite:{}"}}]
queries:
- name: orders
  database: shop
  interval: 1s
  timeout: 1s
  max_age: 1h
  sql: "SELECT region, count(*) AS n FROM orders GROUP BY region"
  metrics: [{{name: app_orders_total, type: counter, help: "Orders.", labels: [region], value: n}}]
{})",
                                           dir_.file("shop.db"), more));
  }
  std::vector<std::string> command() const {
    return {std::string(PICKET_BIN_DIR) + "/business_exporter",
            "--config.file",
            dir_.file("business.yml"),
            "--storage.path",
            dir_.file("data"),
            "--web.listen-address",
            fmt::format("127.0.0.1:{}", port_)};
  }
  void start() {
    process_ = std::make_unique<Process>(command());
    ASSERT_TRUE(test::wait_until(seconds(20), [this] { return http_get(url("/-/ready")).status == 200; }))
        << process_->errors();
  }
  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  std::string metrics() const { return "\n" + http_get(url("/metrics")).body; }
  bool shows(const std::string& line) const {
    return test::wait_until(seconds(20), std::chrono::milliseconds(50),
                            [&] { return metrics().find("\n" + line + "\n") != std::string::npos; });
  }

  const test::TempDir dir_;
  const std::unique_ptr<sql::Database> shop_;
  const int port_ = test::free_port();
  std::unique_ptr<Process> process_;
};

constexpr const char* kNorth = "app_orders_total{region=\"north\"} ";

TEST_F(BusinessExporterTest, ShowsWhatTheQueriesFind) {
  configure(R"(
- name: amounts
  database: shop
  interval: 1s
  sql: SELECT region, amount FROM orders
  metrics:
  - {name: app_order_amount, type: histogram, help: Amounts., labels: [region], value: amount, buckets: [5, 15]}
)");
  start();
  EXPECT_TRUE(shows(std::string(kNorth) + "2")) << process_->errors();
  EXPECT_TRUE(shows("app_order_amount_bucket{region=\"north\",le=\"15.0\"} 1"));
  EXPECT_TRUE(shows("business_up{database=\"shop\"} 1"));
  change("INSERT INTO orders VALUES ('north', 1)");
  EXPECT_TRUE(shows(std::string(kNorth) + "3"));
  const auto checked = test::run_to_end(
      {.argv = {test::find_program("promtool", "prometheus"), "check", "metrics"}, .stdin_text = metrics()});
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
  EXPECT_EQ(process_->stop(), 0) << process_->errors();
}

TEST_F(BusinessExporterTest, AnEmptyFileStarts) {
  dir_.write("business.yml", "");
  start();
  EXPECT_TRUE(shows("business_exporter_config_last_reload_successful 1"));
}

TEST_F(BusinessExporterTest, ARestartShowsTheResultsOfBefore) {
  configure();
  start();
  ASSERT_TRUE(shows(std::string(kNorth) + "2"));
  ASSERT_TRUE(test::wait_until(seconds(10), [this] {
    return metrics().find("\nbusiness_exporter_state_last_write_timestamp_seconds 1") != std::string::npos;
  }));
  process_->kill9();
  change("DROP TABLE orders");
  start();
  EXPECT_TRUE(shows(std::string(kNorth) + "2")) << process_->errors();
  EXPECT_TRUE(shows("business_query_stale{query=\"orders\"} 0"));
  EXPECT_TRUE(test::wait_until(seconds(20), [this] {
    return metrics().find("\nbusiness_query_failures_total{query=\"orders\",reason=\"sql\"} 0\n") ==
           std::string::npos;
  }));
}

TEST_F(BusinessExporterTest, RefusesAStatementThatWrites) {
  configure(R"(
- name: writer
  database: shop
  interval: 1s
  sql: DELETE FROM orders
  metrics: [{name: app_gone, type: gauge, help: x, value: n}]
)");
  start();
  EXPECT_TRUE(test::wait_until(seconds(20), [this] {
    return process_->errors().find("DELETE (orders) is refused: the database is only read") !=
           std::string::npos;
  })) << process_->errors();
  EXPECT_TRUE(shows(std::string(kNorth) + "2"));
}

TEST_F(BusinessExporterTest, ServesWhenNothingCanBeStored) {
  configure();
  dir_.write("data", "a file where the folder should be");
  start();
  EXPECT_TRUE(shows(std::string(kNorth) + "2")) << process_->errors();
  EXPECT_TRUE(test::wait_until(seconds(20), [this] {
    return http_get(url("/-/ready?verbose")).body.find("results are not stored") != std::string::npos;
  }));
}

TEST_F(BusinessExporterTest, RefusesAFolderThatAnotherOneUses) {
  configure();
  start();
  std::vector<std::string> second = command();
  second.back() = "127.0.0.1:0";
  const auto refused = test::run_to_end({.argv = second});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr(fmt::format("business.lock is held by business_exporter (process {})",
                                                    process_->pid())));
}

TEST_F(BusinessExporterTest, NamesEveryMistakeAndDoesNotStart) {
  dir_.write("business.yml", "databases: [{name: a}]\nqueries: [{name: q, databse: a}]\n");
  for (const bool check : {true, false}) {
    std::vector<std::string> argv = command();
    if (check) argv.emplace_back("--config.check");
    const auto refused = test::run_to_end({.argv = argv});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.output + refused.errors, HasSubstr("business.yml:1:13: databases[0]"));
    EXPECT_THAT(refused.output + refused.errors,
                HasSubstr("unknown key \"databse\" (did you mean \"database\"?)"));
  }
}

}  // namespace
}  // namespace picket::business
