// business-demo as a program: typed wrongly, refused, and living until SIGTERM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files/files.h"
#include "base/sql/database.h"
#include "base/text/bytes.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> demo(std::vector<std::string> words) {
  words.insert(words.begin(), std::string(PICKET_BIN_DIR) + "/business-demo");
  return words;
}

TEST(BusinessDemo, SaysWhatIsTypedWrongly) {
  const auto refused = test::run_to_end({.argv = demo({"--days", "x", "--lve"})});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("unknown flag --lve (did you mean \"--live\"?)"));
  EXPECT_THAT(refused.errors, HasSubstr("--days: \"x\""));
  EXPECT_THAT(refused.errors, HasSubstr("See business-demo --help"));
}

TEST(BusinessDemo, ChangesNothingInTheFileOfAnother) {
  const test::TempDir dir;
  const std::string file = dir.file("shop.db");
  ASSERT_EQ(test::run_to_end(
                {.argv = {test::find_program("sqlite3", "sqlite3"), file, "CREATE TABLE orders (id BIGINT)"}})
                .exit_code,
            0);
  const auto before = RealFiles().read(file, 1_MiB);
  const auto refused = test::run_to_end({.argv = demo({"--database", file})});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("neither empty nor marked as a demo company's: it has orders"));
  EXPECT_EQ(before.value(), RealFiles().read(file, 1_MiB).value());
}

TEST(BusinessDemo, LivesUntilItIsToldToEnd) {
  const test::TempDir dir;
  const std::string file = dir.file("demo.db");
  test::Process process(
      demo({"--database", file, "--organisations", "10", "--customers", "300", "--days", "7", "--live"}));
  ASSERT_TRUE(test::wait_until(std::chrono::seconds(60), [&] {
    return process.errors().find("the company lives") != std::string::npos;
  })) << process.errors();
  EXPECT_THAT(process.errors(), HasSubstr("customers with subscriptions and bills: 300 of 300 (100%), "));
  const auto database = sql::Database::open(*sql::Dsn::parse(file));
  ASSERT_TRUE(database);
  const auto lived = [&] {
    return (*(*database)->query("SELECT lived_until FROM demo_company"))[0].integer(0);
  };
  const std::int64_t began = lived();
  EXPECT_TRUE(test::wait_until(std::chrono::seconds(60), [&] { return lived() > began; }));
  EXPECT_EQ(process.stop(), 0) << process.errors();
}

}  // namespace
}  // namespace picket::business
