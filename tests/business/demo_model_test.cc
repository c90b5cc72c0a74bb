// The demo company's chance, rhythm, progress and flags: everything that needs no database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time/timestamp.h"
#include "exporters/business/demo/demo_run.h"
#include "tests/support/manual_scheduler.h"

namespace picket::business {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Period kFourWeeks{1'761'955'200, 1'761'955'200 + 28 * kDay};  // from 2025-11-01, a Saturday

TEST(Dice, FallTheSameForTheSameSeedStreamAndNumber) {
  const auto first = [](std::uint64_t seed, std::string_view stream, std::int64_t number) {
    return Dice(seed, stream, number).uniform();
  };
  EXPECT_EQ(first(1, "orders", 7), first(1, "orders", 7));
  EXPECT_NE(first(1, "orders", 7), first(2, "orders", 7));
  EXPECT_NE(first(1, "orders", 7), first(1, "jobs", 7));
  EXPECT_NE(first(1, "orders", 7), first(1, "orders", 8));
}

TEST(Dice, FallAsOftenAsTheyShould) {
  Dice dice(1, "test", 0);
  constexpr int kThrows = 20'000;
  double waited = 0, few = 0, many = 0, bell = 0;
  std::array<int, 3> kinds{};
  for (int i = 0; i < kThrows; ++i) {
    waited += dice.exponential(10);
    few += static_cast<double>(dice.poisson(0.5));
    many += static_cast<double>(dice.poisson(400));
    bell += dice.normal(5, 2);
    constexpr std::array<double, 3> kWeights{1, 0, 3};
    ++kinds[dice.weighted(kWeights)];
    const std::int64_t side = dice.between(1, 6);
    ASSERT_TRUE(side >= 1 && side <= 6);
  }
  EXPECT_NEAR(waited / kThrows, 10, 0.5);
  EXPECT_NEAR(few / kThrows, 0.5, 0.03);
  EXPECT_NEAR(many / kThrows, 400, 1);
  EXPECT_NEAR(bell / kThrows, 5, 0.1);
  EXPECT_EQ(kinds[1], 0);
  EXPECT_NEAR(kinds[0], kThrows / 4.0, 400);
}

TEST(Rhythm, IsOneOnAverageAndBusierByDay) {
  double sum = 0, most = 0;
  for (std::int64_t at = 0; at < 7 * kDay; at += kHour) {
    sum += Rhythm::local(at, 0);
    most = std::max(most, Rhythm::local(at, 0));
  }
  EXPECT_NEAR(sum / (7 * 24), 1, 1e-9);
  EXPECT_LE(most, Rhythm::kBusiest);
  const std::int64_t monday = kFourWeeks.begins + 2 * kDay;
  EXPECT_GT(Rhythm::local(monday + 10 * kHour, 0), 10 * Rhythm::local(monday + 2 * kHour, 0));
  EXPECT_GT(Rhythm::local(monday + 10 * kHour, 0), 1.5 * Rhythm::local(kFourWeeks.begins + 10 * kHour, 0));
  EXPECT_EQ(Rhythm::local(monday + 10 * kHour, 0), Rhythm::local(monday + 1 * kHour, 9));  // Tokyo
}

TEST(Rhythm, HasOneBadWeek) {
  const Rhythm rhythm(kFourWeeks);
  const Period bad = rhythm.bad_week();
  EXPECT_EQ(bad.length(), 7 * kDay);
  EXPECT_EQ(bad.begins % kDay, 0);
  EXPECT_GT(bad.begins, kFourWeeks.begins + 14 * kDay);
  EXPECT_LE(bad.ends, kFourWeeks.ends);
  EXPECT_GT(rhythm.trouble(bad.begins), 2);
  EXPECT_EQ(rhythm.trouble(bad.ends), 1);
  const Rhythm day({kFourWeeks.begins, kFourWeeks.begins + kDay});
  EXPECT_EQ(day.bad_week().length(), kDay / 4);
}

TEST(CustomerBase, HasAsManyAsThePlanSaysWithinTheHistory) {
  const DemoPlan plan{1, 20, 5000, kFourWeeks};
  const Rhythm rhythm(plan.history);
  const CustomerBase customers(plan, rhythm);
  std::int64_t before = 0;
  for (std::int64_t id = 1; id <= plan.customers; ++id) {
    const std::int64_t at = customers.customer(id).signed_up_at;
    ASSERT_GE(at, before) << id;
    before = at;
  }
  EXPECT_LT(before, plan.history.ends);
  EXPECT_GT(before, plan.history.ends - kDay);
  EXPECT_EQ(customers.count_at(plan.history.ends), 5000);
  EXPECT_EQ(customers.count_at(plan.history.begins - CustomerBase::kBefore - 1), 0);
  const std::int64_t then = customers.customer(1234).signed_up_at;
  EXPECT_GE(customers.count_at(then), 1234);
  EXPECT_LT(customers.count_at(then - 1), 1234);
}

TEST(Progress, SaysWhatHowManyHowFastAndHowLongYet) {
  test::ManualClock clock;
  std::vector<std::string> lines;
  Progress progress(clock, [&](const std::string& line) { lines.push_back(line); });
  progress.begin("customers", 1'000'000);
  clock.advance(std::chrono::milliseconds(500));
  progress.add(50'000, 100'000);  // too soon for a line
  clock.advance(std::chrono::milliseconds(1500));
  progress.add(200'000, 500'000);
  clock.advance(std::chrono::seconds(6));
  progress.add(750'000, 1'800'000);
  progress.end();
  EXPECT_THAT(lines, ElementsAre("customers: 250,000 of 1,000,000 (25%), 300,000 rows/s, 6s left",
                                 "customers: 1,000,000 of 1,000,000 (100%), 300,000 rows/s",
                                 "2,400,000 rows in 8s, 300,000 rows/s"));
  EXPECT_EQ(grouped(-1234), "-1,234");
  EXPECT_EQ(grouped(999), "999");
}

Result<DemoOptions> read(std::vector<const char*> words) {
  words.insert(words.begin(), "business-demo");
  return read_demo_options(static_cast<int>(words.size()), words.data(), test::ManualClock::kStart);
}

TEST(DemoOptions, HaveDefaultsAndEndNow) {
  const auto options = read({"--database", "demo.db"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->dsn.sqlite_path, "demo.db");
  EXPECT_EQ(options->customers, 20'000);
  EXPECT_EQ(options->until, test::ManualClock::kStart);
  const DemoPlan plan = plan_of(*options);
  EXPECT_EQ(plan.history.ends, static_cast<std::int64_t>(unix_seconds(test::ManualClock::kStart)));
  EXPECT_EQ(plan.history.begins % kDay, 0);
}

TEST(DemoOptions, AreRefusedAllAtOnce) {
  const auto options = read({"--organisation=5", "--customers", "x", "--days", "0", "--seed", "-1", "extra",
                             "--until", "yesterday", "--live"});
  ASSERT_FALSE(options);
  for (const char* part : {
           "--database: is required: a SQLite file, or postgresql://user@host/database\n",
           "unknown flag --organisation (did you mean \"--organisations\"?)\n",
           "--customers: \"x\" is not a whole number from 1 to 100000000\n",
           "--days: \"0\" is not a whole number from 1 to 3650\n",
           "--seed: \"-1\" is not a whole number",
           "\"extra\" belongs to no flag\n",
           "--until: not with --live",
           "--until: \"yesterday\" is not a day (2026-11-30)",
       })
    EXPECT_THAT(options.error().message, HasSubstr(part));
  EXPECT_FALSE(read({"--database", ":memory:"}));
  EXPECT_FALSE(read({"--database"}));
}

TEST(DemoOptions, HelpShowsHowItIsDone) {
  const auto options = read({"--help"});
  ASSERT_TRUE(options);
  EXPECT_THAT(options->print, HasSubstr("business-demo --database demo.db --live"));
  EXPECT_THAT(options->print, HasSubstr("--until"));
}

}  // namespace
}  // namespace picket::business
