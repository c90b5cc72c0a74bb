#include "authd/ratelimit/redis_limiter.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "authd/ratelimit/memory_limiter.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/redis_server.h"
#include "tests/support/wait.h"

namespace picket::authd {
namespace {

using std::chrono::milliseconds;

const Tier kTen{.name = "ten", .limit = 10, .window = std::chrono::minutes(1)};

RedisConfig config_of(const test::RedisServer& server) {
  return {.address = server.target(),
          .connect_timeout = std::chrono::seconds(5),
          .command_timeout = std::chrono::seconds(5),
          .pause_after_failure = milliseconds(50)};
}

/// One replica of the daemon.
struct Replica {
  explicit Replica(const RedisConfig& config, RedisDown down = RedisDown::Memory)
      : pool(config, clock), memory(clock, 1000), limiter(pool, memory, down) {}

  SystemClock clock;
  RedisPool pool;
  MemoryLimiter memory;
  RedisLimiter limiter;
};

TEST(RedisLimiter, SharesTheLimitsOfTwoReplicas) {
  const test::RedisServer server;
  Replica one(config_of(server)), two(config_of(server));
  for (std::uint32_t i = 0; i < 10; ++i) {
    const Decision decision = (i % 2 == 0 ? one : two).limiter.check(kTen, "a", 1);
    EXPECT_TRUE(decision.allowed);
    EXPECT_EQ(decision.remaining, 9 - i);
  }
  for (Replica* replica : {&one, &two}) {
    const Decision refused = replica->limiter.check(kTen, "a", 1);
    EXPECT_FALSE(refused.allowed);
    EXPECT_GT(refused.retry_after, std::chrono::seconds(30));
    EXPECT_LE(refused.retry_after, std::chrono::minutes(1));
    EXPECT_TRUE(replica->limiter.check(kTen, "other", 1).allowed);
  }
  one.limiter.forget(kTen, "a");
  EXPECT_EQ(two.limiter.check(kTen, "a", 0).remaining, 10U);
  EXPECT_EQ(one.limiter.answered_without_redis(), 0U);
}

TEST(RedisLimiter, TakesAllUnitsOfACostBackAtOnce) {
  const test::RedisServer server;
  Replica replica(config_of(server));
  const test::ManualClock clock;
  MemoryLimiter memory(clock, 10);
  for (RateLimiter* limiter :
       {static_cast<RateLimiter*>(&replica.limiter), static_cast<RateLimiter*>(&memory)}) {
    EXPECT_TRUE(limiter->check(kTen, "a", 3).allowed);
    EXPECT_TRUE(limiter->check(kTen, "a", 6).allowed);
    limiter->give_back(kTen, "a", 6);
    EXPECT_EQ(limiter->check(kTen, "a", 0).remaining, 7U);
    limiter->give_back(kTen, "a", 4'000'000'000);
    EXPECT_EQ(limiter->check(kTen, "a", 0).remaining, 10U);
    EXPECT_TRUE(limiter->check(kTen, "a", 10).allowed);
  }
}

TEST(RedisLimiter, ACostFitsWholeOrNotAtAll) {
  const test::RedisServer server;
  Replica replica(config_of(server));
  EXPECT_TRUE(replica.limiter.check(kTen, "a", 7).allowed);
  EXPECT_FALSE(replica.limiter.check(kTen, "a", 4).allowed);
  EXPECT_EQ(replica.limiter.check(kTen, "a", 0).remaining, 3U);
  EXPECT_TRUE(replica.limiter.check(kTen, "a", 3).allowed);
  EXPECT_EQ(replica.limiter.check(kTen, "b", 11).retry_after, kTen.window);
  EXPECT_EQ(replica.limiter.check(kTen, std::string("a\r\n\0'", 5), 1).remaining, 9U)
      << "any bytes are a subject";
}

TEST(RedisLimiter, IsExactUnderSixtyFourThreadsOfTwoReplicas) {
  const test::RedisServer server;
  const RedisConfig config = config_of(server);
  Replica one(config), two(config);
  const Tier tier{.name = "t", .limit = 100, .window = std::chrono::minutes(1)};
  std::atomic<int> allowed{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(64);
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          if ((t % 2 == 0 ? one : two).limiter.check(tier, "shared", 1).allowed) ++allowed;
        }
      });
    }
  }
  EXPECT_EQ(allowed, 100);
  EXPECT_EQ(one.limiter.answered_without_redis() + two.limiter.answered_without_redis(), 0U);
}

TEST(RedisLimiter, GivesBackUnitsAsTheyLeaveTheWindow) {
  const test::RedisServer server;
  Replica replica(config_of(server));
  const Tier tier{.name = "t", .limit = 3, .window = milliseconds(400)};
  std::vector<MonoTime> before, after;  // of each allowed unit
  EXPECT_TRUE(test::wait_until(std::chrono::seconds(20), [&] {
    const MonoTime asked = replica.clock.mono();
    if (replica.limiter.check(tier, "a", 1).allowed) {
      before.push_back(asked);
      after.push_back(replica.clock.mono());
    }
    return before.size() == 10;
  }));
  for (std::size_t i = 3; i < before.size(); ++i) EXPECT_GE(after[i] - before[i - 3], tier.window) << i;
}

TEST(RedisLimiter, AnswersAsConfiguredWhileRedisIsAway) {
  struct Row {
    RedisDown down;
    bool first;
    bool eleventh;
  };
  for (const Row& row : {Row{RedisDown::Memory, true, false}, Row{RedisDown::Allow, true, true},
                         Row{RedisDown::Deny, false, false}}) {
    test::RedisServer server;
    Replica replica(config_of(server), row.down);
    ASSERT_TRUE(replica.limiter.check(kTen, "a", 10).allowed);
    server.kill9();
    EXPECT_EQ(replica.limiter.check(kTen, "a", 10).allowed, row.first);
    EXPECT_EQ(replica.limiter.check(kTen, "a", 1).allowed, row.eleventh);
    EXPECT_FALSE(replica.limiter.is_up());
    EXPECT_EQ(replica.limiter.answered_without_redis(), 2U);
  }
}

TEST(RedisLimiter, ComesBackWithRedis) {
  test::RedisServer server;
  Replica replica(config_of(server), RedisDown::Deny);
  server.kill9();
  EXPECT_FALSE(replica.limiter.check(kTen, "a", 1).allowed);
  server.start();
  EXPECT_TRUE(test::wait_until(std::chrono::seconds(20),
                               [&] { return replica.limiter.check(kTen, "a", 1).allowed; }));
  EXPECT_TRUE(replica.limiter.is_up());
  server.kill9();
  server.start();  // the idle connection is dead, and nobody has noticed yet
  EXPECT_TRUE(replica.limiter.check(kTen, "a", 1).allowed);
}

TEST(RedisLimiter, AHangingRedisCostsOneDeadlineAndThenNothing) {
  test::RedisServer server;
  RedisConfig config = config_of(server);
  config.command_timeout = milliseconds(200);
  config.pause_after_failure = std::chrono::minutes(1);
  Replica replica(config);
  ASSERT_TRUE(replica.limiter.check(kTen, "a", 1).allowed);
  server.process().signal(SIGSTOP);
  const MonoTime start = replica.clock.mono();
  for (int i = 0; i < 1000; ++i) replica.limiter.check(kTen, "a", 0);
  EXPECT_LT(replica.clock.mono() - start, std::chrono::seconds(2));
  EXPECT_EQ(replica.limiter.answered_without_redis(), 1000U);
  server.process().signal(SIGCONT);
}

TEST(RedisLimiter, SignsInAndSaysNothingOfItsPassword) {
  const test::RedisServer server({"--requirepass", "hunter2"});
  RedisConfig config = config_of(server);
  Replica stranger(config, RedisDown::Deny);
  EXPECT_FALSE(stranger.limiter.check(kTen, "a", 1).allowed);
  config.password = Secret("hunter2");
  config.database = 3;
  Replica known(config, RedisDown::Deny);
  EXPECT_TRUE(known.limiter.check(kTen, "a", 1).allowed);
  config.password = Secret("hunter3");
  RedisPool wrong(config, known.clock);
  const std::vector<std::string> ping{"DBSIZE"};
  const auto answer = wrong.numbers(ping);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message.find("hunter"), std::string::npos) << answer.error().message;
}

TEST(RedisPool, MoreThreadsThanConnectionsTakeTurns) {
  const test::RedisServer server;
  RedisConfig config = config_of(server);
  config.connections = 2;
  const SystemClock clock;
  RedisPool pool(config, clock);
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(16);
    for (int t = 0; t < 16; ++t) {
      threads.emplace_back([&] {
        const std::vector<std::string> increment{"INCR", "n"};
        for (int i = 0; i < 20; ++i) failed += pool.numbers(increment) ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(failed, 0);
  const std::vector<std::string> last{"INCRBY", "n", "0"};
  EXPECT_EQ(pool.numbers(last).value(), std::vector<std::int64_t>{320});
}

TEST(RedisPool, AnErrorOfRedisLeavesTheConnectionInUse) {
  const test::RedisServer server;
  const SystemClock clock;
  RedisPool pool(config_of(server), clock);
  const std::vector<std::string> wrong{"NOSUCHCOMMAND"}, fine{"DBSIZE"};
  EXPECT_EQ(pool.numbers(wrong).error().kind, ErrorKind::Internal);
  EXPECT_TRUE(pool.is_up());
  EXPECT_EQ(pool.numbers(fine).value(), std::vector<std::int64_t>{0});
}

}  // namespace
}  // namespace picket::authd
