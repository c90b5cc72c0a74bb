#include "authd/ratelimit/memory_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

using std::chrono::milliseconds;

const Tier kFivePerSecond{.name = "five", .limit = 5, .window = std::chrono::seconds(1)};

TEST(MemoryLimiter, GivesBackUnitsAsTheyLeaveTheWindow) {
  test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  for (std::uint32_t i = 0; i < 5; ++i) {
    const Decision decision = limiter.check(kFivePerSecond, "a", 1);
    EXPECT_TRUE(decision.allowed) << i;
    EXPECT_EQ(decision.remaining, 4 - i);
    EXPECT_EQ(decision.limit, 5U);
    clock.advance(milliseconds(100));
  }
  const Decision refused = limiter.check(kFivePerSecond, "a", 1);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, milliseconds(500));
  EXPECT_EQ(refused.reset_after, milliseconds(500));
  EXPECT_EQ(limiter.check(kFivePerSecond, "a", 3).retry_after, milliseconds(700));
  EXPECT_TRUE(limiter.check(kFivePerSecond, "b", 5).allowed) << "others have their own";
  clock.advance(milliseconds(499));
  EXPECT_FALSE(limiter.check(kFivePerSecond, "a", 1).allowed);
  clock.advance(milliseconds(1));
  EXPECT_TRUE(limiter.check(kFivePerSecond, "a", 1).allowed);
  EXPECT_FALSE(limiter.check(kFivePerSecond, "a", 1).allowed);
}

TEST(MemoryLimiter, NeverAsksToWaitForLongerThanTheWindow) {
  test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  clock.advance(std::chrono::microseconds(300));  // moments are kept in whole milliseconds
  for (int i = 0; i < 6; ++i) {
    const Decision decision = limiter.check(kFivePerSecond, "a", 1);
    EXPECT_LE(decision.reset_after, kFivePerSecond.window);
    EXPECT_LE(decision.retry_after, kFivePerSecond.window);
  }
}

TEST(MemoryLimiter, ACostFitsWholeOrNotAtAll) {
  const test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  EXPECT_TRUE(limiter.check(kFivePerSecond, "a", 3).allowed);
  EXPECT_FALSE(limiter.check(kFivePerSecond, "a", 3).allowed);
  EXPECT_EQ(limiter.check(kFivePerSecond, "a", 0).remaining, 2U) << "a refusal costs nothing, a look neither";
  EXPECT_TRUE(limiter.check(kFivePerSecond, "a", 2).allowed);
  const Decision never = limiter.check(kFivePerSecond, "b", 6);
  EXPECT_FALSE(never.allowed);
  EXPECT_EQ(never.retry_after, std::chrono::seconds(1));
  EXPECT_FALSE(limiter.check(kFivePerSecond, "b", 4'000'000'000).allowed);
  limiter.forget(kFivePerSecond, "a");
  EXPECT_TRUE(limiter.check(kFivePerSecond, "a", 5).allowed);
}

TEST(MemoryLimiter, ALookAtAStrangerLeavesNoTrace) {
  const test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  const Decision look = limiter.check(kFivePerSecond, "a", 0);
  EXPECT_TRUE(look.allowed);
  EXPECT_EQ(look.remaining, 5U);
  EXPECT_EQ(look.reset_after, Duration::zero());
  EXPECT_EQ(limiter.counts().subjects, 0U);
}

TEST(MemoryLimiter, ALowerLimitCountsAtOnce) {
  test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  limiter.check(kFivePerSecond, "a", 5);
  Tier lower = kFivePerSecond;
  lower.limit = 2;
  clock.advance(milliseconds(10));
  const Decision decision = limiter.check(lower, "a", 1);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.remaining, 0U);
  EXPECT_EQ(decision.retry_after, milliseconds(990));
}

/// The most units that were allowed in any half-open window of that length.
std::size_t most_within(const std::vector<MonoTime>& allowed, Duration window) {
  std::size_t most = 0, first = 0;
  for (std::size_t last = 0; last < allowed.size(); ++last) {
    while (allowed[last] - allowed[first] >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(MemoryLimiter, NeverAllowsMoreThanTheLimitInAnyWindow) {
  std::mt19937 random(7);
  for (const std::uint32_t limit : {1U, 2U, 7U, 100U}) {
    const Tier tier{.name = "t", .limit = limit, .window = std::chrono::seconds(1)};
    test::ManualClock clock;
    MemoryLimiter limiter(clock, 1000);
    std::vector<MonoTime> allowed;
    for (int i = 0; i < 30'000; ++i) {
      const bool is_burst = random() % 300 < 290;
      clock.advance(std::chrono::nanoseconds(random() % (is_burst ? 3'000'000 : 700'000'000)));
      const Decision decision = limiter.check(tier, "a", 1);
      if (decision.allowed) allowed.push_back(clock.mono());
    }
    EXPECT_EQ(most_within(allowed, tier.window), limit);
  }
}

TEST(MemoryLimiter, LetsOneInWhenRetryAfterSays) {
  std::mt19937 random(8);
  test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  int waits = 0;
  for (int i = 0; i < 5'000; ++i) {
    clock.advance(milliseconds(random() % 300));
    const auto cost = static_cast<std::uint32_t>(1 + random() % 5);
    const Decision decision = limiter.check(kFivePerSecond, "a", cost);
    if (decision.allowed) continue;
    ++waits;
    clock.advance(decision.retry_after - milliseconds(1));
    ASSERT_FALSE(limiter.check(kFivePerSecond, "a", cost).allowed);
    clock.advance(milliseconds(1));
    ASSERT_TRUE(limiter.check(kFivePerSecond, "a", cost).allowed);
  }
  EXPECT_GT(waits, 1000);
}

TEST(MemoryLimiter, ForgetsEvenAfterMonths) {
  test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  for (const int days : {1, 24, 25, 49, 50, 99, 100}) {
    ASSERT_TRUE(limiter.check(kFivePerSecond, "a", 5).allowed) << days;
    clock.advance(std::chrono::hours(24 * days) + milliseconds(7));
  }
}

TEST(Attack54, AStepOfTheWallClockChangesNothing) {
  test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  limiter.check(kFivePerSecond, "a", 5);
  for (const int hours : {1, -2}) {
    clock.step_wall(std::chrono::hours(hours));
    EXPECT_FALSE(limiter.check(kFivePerSecond, "a", 1).allowed);
  }
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(limiter.check(kFivePerSecond, "a", 5).allowed);
}

TEST(MemoryLimiter, IsExactUnderSixtyFourThreads) {
  const test::ManualClock clock;
  MemoryLimiter limiter(clock, 1000);
  const Tier tier{.name = "t", .limit = 100, .window = std::chrono::minutes(1)};
  std::atomic<int> allowed{0}, weighty{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(64);
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          if (limiter.check(tier, "shared", 1).allowed) ++allowed;
          if (limiter.check(tier, "weighty", 7).allowed) ++weighty;
        }
      });
    }
  }
  EXPECT_EQ(allowed, 100);
  EXPECT_EQ(weighty, 14);
}

TEST(MemoryLimiter, IsExactWhileTimeRuns) {
  const SystemClock clock;
  MemoryLimiter limiter(clock, 1000);
  const Tier tier{.name = "t", .limit = 20, .window = std::chrono::seconds(1)};
  std::atomic<int> allowed{0};
  const MonoTime end = clock.mono() + milliseconds(1500);
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        while (clock.mono() < end) {
          if (limiter.check(tier, "shared", 1).allowed) ++allowed;
          std::this_thread::yield();
        }
      });
    }
  }
  EXPECT_GT(allowed, 20);
  EXPECT_LE(allowed, 40) << "1.5 s hold two windows' worth at the most";
}

TEST(MemoryLimiter, AFullTableTellsNewcomersWhatWasConfigured) {
  for (const WhenFull when : {WhenFull::Allow, WhenFull::Deny}) {
    test::ManualClock clock;
    MemoryLimiter limiter(clock, 640, when);
    for (int i = 0; i < 20'000; ++i) limiter.check(kFivePerSecond, std::to_string(i), 1);
    EXPECT_EQ(limiter.counts().subjects, 640U);
    EXPECT_EQ(limiter.counts().full, 20'000U - 640U);
    EXPECT_EQ(limiter.check(kFivePerSecond, "newcomer", 1).allowed, when == WhenFull::Allow);
    clock.advance(milliseconds(1010));
    EXPECT_TRUE(limiter.check(kFivePerSecond, "newcomer", 1).allowed) << "those who hold nothing make room";
    EXPECT_LT(limiter.counts().subjects, 640U);
  }
}

TEST(MemoryLimiter, AFloodOfNewcomersDoesNotFreeWhoIsLimited) {
  const test::ManualClock clock;
  MemoryLimiter limiter(clock, 640);
  limiter.check(kFivePerSecond, "limited", 5);
  for (int i = 0; i < 100'000; ++i) limiter.check(kFivePerSecond, std::to_string(i), 1);
  EXPECT_FALSE(limiter.check(kFivePerSecond, "limited", 1).allowed);
}

}  // namespace
}  // namespace picket::authd
