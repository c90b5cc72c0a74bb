// Whom a try that finds no unit waits for.
#include "authd/login/try_limit.h"

#include <atomic>
#include <future>
#include <mutex>
#include <set>

#include "base/exec/mutex.h"
#include "tests/authd/ratelimit/limit_fixture.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/wait.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

/// Some questions stop on their way to the limiter until they are let go.
class SlowLimiter final : public RateLimiter {
 public:
  SlowLimiter(RateLimiter& limiter, std::set<int> slow) : limiter_(limiter), slow_(std::move(slow)) {}
  Decision check(const Tier& tier, std::string_view subject, std::uint32_t cost) override {
    const int number = ++asked_;
    if (slow_.contains(number)) {
      std::unique_lock lock(mutex_);
      ++stopped_;
      while (!let_go_.contains(number)) changed_.wait(lock);
    }
    return limiter_.check(tier, subject, cost);
  }
  void give_back(const Tier& tier, std::string_view subject, std::uint32_t units) override {
    limiter_.give_back(tier, subject, units);
  }
  void forget(const Tier& tier, std::string_view subject) override { limiter_.forget(tier, subject); }

  void let_go(int number) {
    const MutexLock lock(mutex_);
    let_go_.insert(number);
    changed_.notify_all();
  }
  int stopped() const { return stopped_; }

 private:
  RateLimiter& limiter_;
  const std::set<int> slow_;
  std::atomic<int> asked_ = 0, stopped_ = 0;
  Mutex mutex_;
  ConditionVariable changed_;
  std::set<int> let_go_;
};

/// Knows how often a waiting try has looked at it.
class WatchedClock final : public Clock {
 public:
  WallTime wall() const override { return clock_.wall(); }
  MonoTime mono() const override {
    ++looks_;
    return clock_.mono();
  }
  int looks() const { return looks_; }

 private:
  test::ManualClock clock_;
  mutable std::atomic<int> looks_ = 0;
};

TEST(TryLimit, WaitsForThoseWhoAskedBeforeAndForNobodyWhoComesLater) {
  const test::ManualClock clock;
  WatchedClock watched;
  Logger log({}, clock, [](std::string_view) {});
  MemoryLimiter memory(clock, 100);
  constexpr int kEarlier = 2, kLater = 4;
  SlowLimiter limiter(memory, {kEarlier, kLater});
  LimitGate gate(limit_config("tiers: {auth: {limit: 1}}"), limiter, clock);
  TryLimit tries(gate, watched, log);
  const SecretTry attempt{.caller = {.address = IpAddress::parse("192.0.2.1").value()}};
  const auto ask = [&] {
    const auto entry = tries.enter(attempt, {});
    return entry && !entry->pass && entry->answer.admission == Admission::Limited;
  };
  tries.enter(attempt, {})->pass->failed();
  auto earlier = std::async(std::launch::async, ask);
  ASSERT_TRUE(test::wait_until(10s, [&] { return limiter.stopped() == 1; }));
  auto refused = std::async(std::launch::async, ask);
  ASSERT_TRUE(test::wait_until(10s, [&] { return watched.looks() > 0; })) << "it waits for the earlier one";
  auto later = std::async(std::launch::async, ask);
  ASSERT_TRUE(test::wait_until(10s, [&] { return limiter.stopped() == 2; }));
  limiter.let_go(kEarlier);
  const bool is_over = refused.wait_for(10s) == std::future_status::ready;
  EXPECT_TRUE(is_over) << "and not for the later one";
  limiter.let_go(kLater);
  EXPECT_TRUE(earlier.get());
  EXPECT_TRUE(refused.get());
  EXPECT_TRUE(later.get());
}

}  // namespace
}  // namespace picket::authd
