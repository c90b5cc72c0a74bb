// Files of every fault: named with their place, and what ran before goes on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/sql/database.h"
#include "tests/business/running_exporter.h"
#include "tests/support/sanitized.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using ::testing::HasSubstr;

class ConfigFaults : public ::testing::Test {
 protected:
  ConfigFaults() {
    const auto shop = *sql::Database::open(*sql::Dsn::parse(exporter_.file("shop.db")));
    EXPECT_TRUE(shop->execute("CREATE TABLE orders (n BIGINT)"));
    EXPECT_TRUE(shop->execute("INSERT INTO orders VALUES (1), (2), (3)"));
  }
  std::string good(const std::string& queries = "") const {
    return fmt::format("databases: [{{name: shop, dsn: \"sqlite:{}\"}}]\nqueries:\n",
                       exporter_.file("shop.db")) +
           gauge_query("orders", "shop", "SELECT count(*) AS n FROM orders") + queries;
  }
  std::string refusal() const {
    std::vector<std::string> argv = exporter_.command();
    argv.emplace_back("--config.check");
    const auto refused = test::run_to_end({.argv = argv});
    EXPECT_EQ(refused.exit_code, 1) << refused.output << refused.errors;
    return refused.output + refused.errors;
  }
  /// The running exporter does not take the file that is there, and goes on with the one before.
  void expect_kept() const {
    EXPECT_NE(exporter_.reload(), 200);
    EXPECT_EQ(exporter_.value("business_exporter_config_last_reload_successful"), 0);
    EXPECT_EQ(exporter_.value("orders_rows"), 3);
  }

  RunningExporter exporter_;
};

std::string alias_bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += fmt::format("a{0}: &a{0} [", i);
    for (int j = 0; j < 10; ++j) text += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    text += "]\n";
  }
  return text;
}

TEST_F(ConfigFaults, AFileOfAnyFaultIsNamedWithItsPlaceAndTheOldOneStays) {
  exporter_.configure(good());
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("orders_rows", 3)) << exporter_.process().errors();
  const struct {
    std::string text, problem;
  } files[] = {
      {good("- {name: x, databse: shop}\n"), "business.yml:4:13: queries[1]: unknown key \"databse\""},
      {good(gauge_query("orders", "shop", "SELECT 1")), "\"orders\" is defined twice"},
      {good(gauge_query("x", "shop", "SELECT 1", "interval: soon")), "business.yml:4:"},
      {good(gauge_query("x", "nowhere", "SELECT 1")), "\"nowhere\" is not in databases"},
      {"databases:\n\t- name: x\n", "business.yml:2:"},
      {good() + "queries: []\n", "business.yml:4:1:"},
      {good() + std::string("x: \0\n", 5), "business.yml:4:"},
      {good() + "x: \xff\xfe\n", "business.yml:4:"},
      {alias_bomb(), "business.yml:"},
      {std::string(100'000, '['), "business.yml:1:"},
      {"- a list\n", "business.yml:1:1:"},
      {good() + "queries", "business.yml:4:"},
  };
  for (const auto& [text, problem] : files) {
    exporter_.configure(text);
    EXPECT_THAT(refusal(), HasSubstr(problem));
    expect_kept();
  }
}

TEST_F(ConfigFaults, WhatIsNoFileOrTooLargeIsRefusedAndTheOldOneStays) {
  exporter_.configure(good());
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("orders_rows", 3));
  const std::string path = exporter_.file("business.yml");
  ASSERT_EQ(::truncate(path.c_str(), 100 << 20), 0);
  EXPECT_THAT(refusal(), HasSubstr("business.yml"));
  expect_kept();
  EXPECT_LT(exporter_.status_of("VmHWM"), test::memory_limit(150'000));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_THAT(refusal(), HasSubstr("business.yml"));
  expect_kept();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("business.yml"));
  expect_kept();
  ASSERT_EQ(::unlink(path.c_str()), 0);
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  EXPECT_THAT(refusal(), HasSubstr("business.yml"));
  expect_kept();
}

TEST_F(ConfigFaults, AByteOrderMarkIsNoFault) {
  exporter_.configure("\xef\xbb\xbf" + good());
  exporter_.start();
  EXPECT_TRUE(exporter_.shows("orders_rows", 3));
}

TEST_F(ConfigFaults, AFileCutAnywhereIsTakenOrRefusedWhole) {
  exporter_.configure(good());
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("orders_rows", 3));
  const std::string whole = good();
  int taken = 0;
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    exporter_.configure(whole.substr(0, cut));
    const bool took = exporter_.reload() == 200;
    taken += took ? 1 : 0;
    EXPECT_EQ(exporter_.value("business_exporter_config_last_reload_successful"), took ? 1 : 0);
  }
  EXPECT_LT(taken, 6);  // the empty one, and those that end before the queries begin
  exporter_.configure(whole);
  ASSERT_EQ(exporter_.reload(), 200);
  EXPECT_TRUE(exporter_.shows("orders_rows", 3));
}

TEST_F(ConfigFaults, AThousandReloadsUnderLoadLeaveNothingBehind) {
  const std::string more =
      gauge_query("other", "shop", "SELECT count(*) + 1 AS n FROM orders") +
      gauge_query("slow", "shop",
                  "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT "
                  "max(n) AS n FROM c",
                  "interval: 1h, timeout: 1h");
  const std::string one = good(more);
  std::string two = one;
  two.replace(two.find("name: shop,"), 11, "name: shop, max_sessions: 2,");  // another lane
  exporter_.configure(one);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows("orders_rows", 3));
  const long threads = exporter_.status_of("Threads");
  std::atomic<bool> over{false};
  std::atomic<int> bad{0};
  {
    std::vector<std::jthread> scrapers;
    scrapers.reserve(4);
    for (int i = 0; i < 4; ++i)
      scrapers.emplace_back([&] {
        while (!over) bad += test::http_get(exporter_.url("/metrics")).status == 200 ? 0 : 1;
      });
    for (int i = 0; i < 1000; ++i) {
      exporter_.configure(i % 2 == 0 ? two : one);
      if (exporter_.reload() != 200) ++bad;
    }
    over = true;
  }
  EXPECT_EQ(bad, 0);
  EXPECT_TRUE(exporter_.shows("orders_rows", 3));
  EXPECT_TRUE(exporter_.shows("other_rows", 4));
  EXPECT_LE(exporter_.status_of("Threads"), threads + 4);
  EXPECT_LT(exporter_.status_of("VmRSS"), test::memory_limit(150'000));
  EXPECT_EQ(exporter_.process().stop(), 0) << exporter_.process().errors();
}

}  // namespace
}  // namespace picket::business
