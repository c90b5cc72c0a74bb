// The queue in front of the cores that hash: who may wait, who is dropped, and in which order.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <latch>

#include "authd/passwords/calibrate.h"
#include "authd/passwords/kdf_pool.h"
#include "base/metrics/exposition.h"
#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(FairQueue, GivesKeysAndLanesTheirTurns) {
  FairQueue<int> queue;
  for (int i = 0; i < 3; ++i) queue.push(QueueLane::Other, "bot", 10 + i);
  queue.push(QueueLane::Other, "alice", 20);
  queue.push(QueueLane::Known, "bob", 30);
  queue.push(QueueLane::Known, "bob", 31);
  queue.push(QueueLane::Known, "carol", 40);
  EXPECT_EQ(queue.size(), 7U);
  EXPECT_EQ(queue.size(QueueLane::Known), 3U);
  EXPECT_EQ(queue.held_by("bot"), 3U);
  EXPECT_EQ(queue.held_by("nobody"), 0U);
  std::vector<int> order;
  while (const auto next = queue.pop()) order.push_back(*next);
  EXPECT_EQ(order, (std::vector<int>{30, 10, 40, 20, 31, 11, 12}));
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.held_by("bot"), 0U);
}

/// One thread that is kept busy until release(), so that what is submitted waits.
class KdfPoolTest : public testing::Test {
 protected:
  /// 100 ms a hash, 1 s of queue: ten may wait, seven of them from unknown devices, two from one key.
  static KdfPoolConfig config() {
    return {.threads = 1,
            .max_wait = milliseconds(1000),
            .share_per_key = 0.25,
            .reserved_for_known = 0.25,
            .first_estimate = milliseconds(100)};
  }

  void occupy() {
    ASSERT_FALSE(pool_->submit({}, [this](const auto&) {
      started_.count_down();
      release_.wait();
    }));
    started_.wait();
  }
  void release() { release_.count_down(); }

  std::optional<KdfRejection> submit(const std::string& key, bool known = false) {
    const auto refused = pool_->submit({.share_key = key, .known_device = known}, [](const auto&) {});
    return refused ? std::optional(refused->reason) : std::nullopt;
  }
  std::string metrics() {
    ExpositionWriter writer(ExpositionFormat::Text004, {});
    const auto collection = registry_.collect();
    while (collection->step(writer)) {
    }
    writer.finish();
    return writer.out();
  }

  test::ManualClock clock_;
  MetricRegistry registry_;
  std::latch started_{1};
  std::latch release_{1};
  std::unique_ptr<KdfPool> pool_ = std::make_unique<KdfPool>(config(), clock_, registry_);
};

TEST_F(KdfPoolTest, RunsTheWorkAtTheLowestPriority) {
  const auto nice = pool_->run({}, [] { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); });
  ASSERT_TRUE(nice);
  EXPECT_EQ(*nice, 19);
  EXPECT_NE(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())), -1);
}

TEST_F(KdfPoolTest, HasAThreadForEachCoreButOneByDefault) {
  const KdfPool pool({}, clock_, registry_);
  const std::size_t cores = std::thread::hardware_concurrency();
  EXPECT_EQ(pool.threads(), cores > 1 ? cores - 1 : 1);
}

TEST_F(KdfPoolTest, RefusesMoreThanItsTimeOfWorkWithTheTimeToWait) {
  occupy();
  EXPECT_EQ(pool_->capacity(), 10U);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(submit(std::to_string(i)), std::nullopt);
  EXPECT_EQ(submit("7"), KdfRejection::QueueFull);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(submit("known " + std::to_string(i), true), std::nullopt);
  const auto refused = pool_->submit({.share_key = "known 3", .known_device = true}, [](const auto&) {});
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason, KdfRejection::QueueFull);
  EXPECT_EQ(refused->retry_after, std::chrono::seconds(1));
  EXPECT_EQ(refused->to_error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(pool_->waiting(), 10U);
  EXPECT_NE(metrics().find("authd_kdf_queue_depth 10"), std::string::npos) << metrics();
  EXPECT_NE(metrics().find("authd_kdf_rejected_total{reason=\"queue_full\"} 2"), std::string::npos)
      << metrics();
  release();
}

TEST_F(KdfPoolTest, LetsOneKeyHoldOnlyItsShare) {
  occupy();
  EXPECT_EQ(submit("bot"), std::nullopt);
  EXPECT_EQ(submit("bot"), std::nullopt);
  EXPECT_EQ(submit("bot"), KdfRejection::KeyShare);
  EXPECT_EQ(submit("bot", true), KdfRejection::KeyShare);
  EXPECT_EQ(submit("alice"), std::nullopt);
  release();
}

TEST_F(KdfPoolTest, LearnsHowLongAHashTakes) {
  for (int i = 0; i < 40; ++i) {
    const auto done = pool_->run({}, [this] {
      clock_.advance(milliseconds(500));
      return true;
    });
    ASSERT_TRUE(done);
  }
  // The last measurement is taken after run() has answered.
  while (pool_->capacity() != 2) std::this_thread::yield();
  EXPECT_NE(metrics().find("authd_kdf_duration_seconds_bucket{alg=\"argon2id\",le=\"0.5\"}"),
            std::string::npos);
}

TEST_F(KdfPoolTest, HoldsNoMoreThanItsCallersHaveThreadsHoweverQuickAHashIs) {
  KdfPoolConfig quick = config();
  quick.first_estimate = std::chrono::microseconds(1);
  const KdfPool pool(quick, clock_, registry_);
  EXPECT_EQ(pool.capacity(), kKdfWaitingMax);
}

TEST_F(KdfPoolTest, NeverRefusesTheFirstHoweverSlowAHashIs) {
  KdfPoolConfig slow = config();
  slow.first_estimate = std::chrono::seconds(5);
  KdfPool pool(slow, clock_, registry_);
  EXPECT_EQ(pool.capacity(), 1U);
  EXPECT_TRUE(pool.run({}, [] { return 1; }));
}

TEST_F(KdfPoolTest, DropsWorkThatNobodyWaitsForAnyMore) {
  occupy();
  const std::stop_source gone;
  std::promise<KdfRejection> expired;
  std::promise<KdfRejection> left;
  std::promise<bool> ran;
  const Deadline soon = Deadline::after(clock_, milliseconds(300));
  ASSERT_FALSE(pool_->submit({.share_key = "a", .deadline = soon},
                             [&](const auto& refusal) { expired.set_value(refusal->reason); }));
  ASSERT_FALSE(pool_->submit({.share_key = "b", .caller_gone = gone.get_token()},
                             [&](const auto& refusal) { left.set_value(refusal->reason); }));
  ASSERT_FALSE(pool_->submit({.share_key = "c", .deadline = Deadline::after(clock_, milliseconds(301))},
                             [&](const auto& refusal) { ran.set_value(!refusal); }));
  clock_.advance(milliseconds(300));
  gone.request_stop();
  release();
  EXPECT_EQ(expired.get_future().get(), KdfRejection::Expired);
  EXPECT_EQ(left.get_future().get(), KdfRejection::CallerGone);
  EXPECT_TRUE(ran.get_future().get());
}

TEST_F(KdfPoolTest, AnswersEveryoneWhoWaitsWhenItStops) {
  occupy();
  std::vector<KdfRejection> heard;
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_FALSE(pool_->submit({.share_key = key}, [&](const auto& refusal) {
      if (refusal) heard.push_back(refusal->reason);
    }));
  }
  std::jthread stopper([this] { pool_.reset(); });
  // The destructor says that it stops before it waits for what runs.
  release();
  stopper.join();
  // What began before the stop was seen has run; the others have heard.
  EXPECT_LE(heard.size(), 3U);
  for (const KdfRejection reason : heard) EXPECT_EQ(reason, KdfRejection::Stopping);
}

TEST_F(KdfPoolTest, DeclaresAllItsSeriesAtTheStart) {
  const std::string text = metrics();
  for (const char* series :
       {"authd_kdf_duration_seconds_count{alg=\"bcrypt\"} 0", "authd_kdf_queue_wait_seconds_count 0",
        "authd_kdf_queue_depth 0", "authd_kdf_rejected_total{reason=\"stopping\"} 0",
        "authd_kdf_rejected_total{reason=\"key_share\"} 0"}) {
    EXPECT_NE(text.find(series), std::string::npos) << series << "\n" << text;
  }
}

TEST(KdfPoolConfig, HasSharesAndTimesThatMakeSense) {
  EXPECT_TRUE(validate(KdfPoolConfig{}));
  EXPECT_FALSE(validate(KdfPoolConfig{.max_wait = Duration(0)}));
  EXPECT_FALSE(validate(KdfPoolConfig{.share_per_key = 0}));
  EXPECT_FALSE(validate(KdfPoolConfig{.share_per_key = 1.1}));
  EXPECT_FALSE(validate(KdfPoolConfig{.reserved_for_known = 0.95}));
  EXPECT_FALSE(validate(KdfPoolConfig{.first_estimate = Duration(0)}));
}

/// A machine that fills `mib_per_second`.
Argon2Stopwatch machine(double mib_per_second) {
  return [mib_per_second](const Argon2Params& params) -> Result<Duration> {
    return from_seconds(static_cast<double>(params.memory_kib) / 1024 * params.passes / mib_per_second);
  };
}

struct Machine {
  double mib_per_second;
  Duration target;
  Bytes memory_max;
  Argon2Params params;
};

TEST(Calibrate, TakesMemoryFirstThenPassesAndNeverLessThanTheDefault) {
  const Machine rows[] = {
      {2000, microseconds(100'400), 256_MiB, {100 * 1024, 2, 1}},
      {2000, microseconds(100'400), 32_MiB, {32 * 1024, 6, 1}},
      {2000, microseconds(100'400), 1_MiB, {19 * 1024, 10, 1}},
      {100, milliseconds(100), 256_MiB, {19 * 1024, 2, 1}},
      {1e6, milliseconds(100), 256_MiB, {256 * 1024, 10, 1}},
  };
  for (const Machine& row : rows) {
    const auto found = calibrate({row.target, row.memory_max}, machine(row.mib_per_second));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->params, row.params) << found->params.memory_kib << " " << found->params.passes;
  }
  const auto broken = [](const Argon2Params&) -> Result<Duration> {
    return fail(ErrorKind::Unavailable, "no memory");
  };
  EXPECT_EQ(calibrate({}, broken).error().message, "no memory");
}

TEST(Calibrate, MeasuresRealHashes) {
  const SystemClock clock;
  const auto took = argon2_stopwatch(clock)({1024, 1, 1});
  ASSERT_TRUE(took);
  EXPECT_GT(*took, Duration(0));
}

}  // namespace
}  // namespace picket::authd
