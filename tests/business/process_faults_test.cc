// business_exporter itself in trouble: no disk, damaged state, no descriptors, no memory, killed, stormed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <list>
#include <thread>

#include "base/sql/database.h"
#include "tests/business/running_exporter.h"
#include "tests/http/raw_client.h"
#include "tests/support/sanitized.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr const char* kLastWrite = "business_exporter_state_last_write_timestamp_seconds";
constexpr const char* kTotal = "orders_total";
constexpr const char* kRuns = "business_query_runs_total{query=\"orders\"}";

class ProcessFaults : public ::testing::Test {
 protected:
  ProcessFaults() : shop_(*sql::Database::open(*sql::Dsn::parse(exporter_.file("shop.db")))) {
    change("CREATE TABLE orders (n BIGINT)");
    change("INSERT INTO orders VALUES (1), (2), (3)");
    configure();
  }
  void change(const std::string& statement) const { ASSERT_TRUE(shop_->execute(statement)) << statement; }
  void configure(const std::string& more = "") const {
    exporter_.configure(fmt::format(R"(databases: [{{name: shop, dsn: "sqlite:{}"}}]
queries:
- name: orders
  database: shop
  interval: 1s
  max_age: 1h
  sql: "SELECT count(*) AS n FROM orders"
  metrics: [{{name: orders_total, type: counter, help: "Orders.", value: n}}]
{})",
                                    exporter_.file("shop.db"), more));
  }
  void limit(__rlimit_resource what, rlim_t soft) {
    const rlimit limit{soft, RLIM_INFINITY};
    rlimit before{};
    ASSERT_EQ(::prlimit(exporter_.process().pid(), what, nullptr, &before), 0);
    const rlimit within{std::min(limit.rlim_cur, before.rlim_max), before.rlim_max};
    ASSERT_EQ(::prlimit(exporter_.process().pid(), what, &within, nullptr), 0);
  }
  std::string warnings() const { return test::http_get(exporter_.url("/-/ready?verbose")).body; }
  std::string query_failures() const {
    std::string lines;
    const std::string scrape = exporter_.scrape();
    for (std::size_t at = scrape.find("\nbusiness_query_failures_total"); at != std::string::npos;
         at = scrape.find("\nbusiness_query_failures_total", at + 1)) {
      const std::string line = scrape.substr(at + 1, scrape.find('\n', at + 1) - at - 1);
      if (!line.ends_with(" 0")) lines += line + "\n";
    }
    return lines;
  }

  RunningExporter exporter_;
  const std::unique_ptr<sql::Database> shop_;
};

TEST_F(ProcessFaults, AFullDiskIsToldAndStoresAgainWhenThereIsRoom) {
  exporter_.start();
  ASSERT_TRUE(exporter_.reaches(kLastWrite, 1)) << exporter_.process().errors();
  limit(RLIMIT_FSIZE, 0);
  ASSERT_TRUE(test::wait_until(seconds(30), [this] {
    return warnings().find("results are not stored") != std::string::npos;
  })) << exporter_.process().errors();
  change("INSERT INTO orders VALUES (4)");
  EXPECT_TRUE(exporter_.shows(kTotal, 4));
  EXPECT_THAT(exporter_.scrape(), HasSubstr("\nbusiness_exporter_state_write_failures_total{"));
  limit(RLIMIT_FSIZE, RLIM_INFINITY);
  EXPECT_TRUE(test::wait_until(seconds(30), [this] {
    return warnings().find("results are not stored") == std::string::npos;
  })) << exporter_.process().errors();
}

TEST_F(ProcessFaults, ADamagedStateIsSetAsideAndBegunAnew) {
  for (const bool garbage : {true, false}) {
    exporter_.start();
    ASSERT_TRUE(exporter_.reaches(kLastWrite, 1)) << exporter_.process().errors();
    ASSERT_EQ(exporter_.process().stop(), 0);
    const std::string whole = exporter_.dir().read("data/business.db");
    ASSERT_GT(whole.size(), 8192U);
    exporter_.dir().write("data/business.db", garbage ? std::string(9000, 'x') : whole.substr(0, 5000));
    exporter_.start();
    EXPECT_TRUE(exporter_.shows(kTotal, 3)) << exporter_.process().errors();
    EXPECT_TRUE(exporter_.reaches(kLastWrite, 1)) << exporter_.process().errors();
    EXPECT_THAT(exporter_.process().errors(), HasSubstr("set aside"));
    ASSERT_EQ(exporter_.process().stop(), 0);
  }
  int kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(exporter_.file("data")))
    kept += entry.path().filename().string().starts_with("business.db.corrupt-") ? 1 : 0;
  EXPECT_GE(kept, 1);
}

TEST_F(ProcessFaults, WithoutDescriptorsItGoesOnAndRecovers) {
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kTotal, 3));
  limit(RLIMIT_NOFILE, 3);
  // Whoever connects now waits in the kernel.
  std::list<test::RawClient> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.emplace_back(static_cast<std::uint16_t>(std::stoi(exporter_.url("").substr(17))))
        .send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  change("INSERT INTO orders VALUES (4)");
  EXPECT_TRUE(exporter_.process().running());
  limit(RLIMIT_NOFILE, 1024);
  EXPECT_TRUE(exporter_.shows(kTotal, 4)) << exporter_.process().errors();
  for (test::RawClient& client : waiting) EXPECT_EQ(client.response().status, 200);
}

#ifndef PICKET_SANITIZED  // whose shadow alone is larger than any limit of the address space
TEST_F(ProcessFaults, AResultThatDoesNotFitIntoMemoryIsAFailureAndOthersGoOn) {
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kTotal, 3));
  limit(RLIMIT_AS, static_cast<rlim_t>(exporter_.status_of("VmSize") + 80'000) * 1024);
  configure(
      gauge_query("large", "shop",
                  "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 900000) SELECT "
                  "n, hex(zeroblob(50)) AS t FROM c",
                  "interval: 5s, max_rows: 1000000, max_bytes: 256MiB"));
  ASSERT_EQ(exporter_.reload(), 200);
  ASSERT_TRUE(exporter_.reaches("business_query_failures_total{query=\"large\",reason=\"cardinality\"}", 1))
      << exporter_.process().errors() << query_failures();
  change("INSERT INTO orders VALUES (4)");
  EXPECT_TRUE(exporter_.shows(kTotal, 4)) << exporter_.process().errors();
}
#endif

TEST_F(ProcessFaults, AStormOfScrapesAndReadersThatTakeNothingHoldUpNoQuery) {
  configure(
      gauge_query("many", "shop",
                  "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 9000) SELECT "
                  "max(n) AS n FROM c"));
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kTotal, 3));
  const auto port = static_cast<std::uint16_t>(std::stoi(exporter_.url("").substr(17)));
  std::list<test::RawClient> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(port).shrink_receive_buffer(1024);
    slow.back().send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  const double runs = exporter_.value(kRuns).value_or(0);
  std::atomic<int> good{0};
  std::atomic<bool> enough{false};
  {
    std::vector<std::jthread> scrapers;
    scrapers.reserve(200);
    for (int i = 0; i < 200; ++i) {
      scrapers.emplace_back([&] {
        do {
          const std::string scrape = exporter_.scrape();
          if (RunningExporter::value_in(scrape, kTotal) == 3) ++good;
          if (RunningExporter::value_in(scrape, kRuns).value_or(0) >= runs + 3) enough = true;
        } while (!enough && exporter_.process().pid() > 0 && good < 100'000);
      });
    }
  }
  EXPECT_TRUE(enough);
  EXPECT_GE(good, 200);
  EXPECT_LT(exporter_.status_of("VmHWM"), test::memory_limit(300'000));
}

TEST_F(ProcessFaults, KilledAtAnyInstantItShowsWhatOnceWasAndNothingFalls) {
  // When it is killed: as soon as that has been seen.
  const std::vector<std::string> instants = {"", kRuns, kTotal, kLastWrite};
  double before = 0;
  for (int round = 0; round < 8; ++round) {
    change("INSERT INTO orders VALUES (1)");
    exporter_.start();
    const std::string& instant = instants[static_cast<std::size_t>(round) % instants.size()];
    std::optional<double> total;
    ASSERT_TRUE(test::wait_until(seconds(20), milliseconds(1 + 3 * round), [&] {
      const std::string scrape = exporter_.scrape();
      if (const auto now = RunningExporter::value_in(scrape, kTotal)) total = now;
      return instant.empty() || RunningExporter::value_in(scrape, instant).value_or(0) > 0;
    })) << exporter_.process().errors();
    exporter_.process().kill9();
    if (!total) continue;
    EXPECT_GE(*total, before);
    EXPECT_LE(*total, 4 + round);
    before = *total;
  }
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kTotal, 11)) << exporter_.process().errors();
  EXPECT_THAT(exporter_.process().errors(), ::testing::Not(HasSubstr("set aside")));
}

}  // namespace
}  // namespace picket::business
