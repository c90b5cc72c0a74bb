// The bounded queue and the worker pool.
#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <stdexcept>

#include "base/exec/bounded_queue.h"
#include "base/exec/task_failures.h"
#include "base/exec/worker_pool.h"

namespace picket {
namespace {

TEST(BoundedQueue, RefusesAndCountsWhatDoesNotFit) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.refused(), 1U);
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.try_pop(), 1);
  EXPECT_TRUE(queue.push(4));
  EXPECT_EQ(queue.try_pop(), 2);
  EXPECT_EQ(queue.try_pop(), 4);
  EXPECT_EQ(queue.try_pop(), std::nullopt);
}

TEST(BoundedQueue, PopEndsWithAStopAndLeavesWhatIsQueued) {
  BoundedQueue<int> queue(2);
  std::stop_source stop;
  std::optional<int> popped = 7;
  {
    const std::jthread waiter([&] { popped = queue.pop(stop.get_token()); });
    stop.request_stop();
  }
  EXPECT_EQ(popped, std::nullopt);
  queue.push(1);
  EXPECT_EQ(queue.pop(stop.get_token()), std::nullopt);
  EXPECT_EQ(queue.try_pop(), 1);
}

TEST(WorkerPool, RunsTasksOnItsThreads) {
  std::mutex mutex;
  std::set<std::jthread::id> ids;
  {
    WorkerPool pool("test", {.threads = 2, .queue = 10});
    EXPECT_EQ(pool.threads(), 2U);
    std::latch both(2);
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(pool.submit([&] {
        both.arrive_and_wait();  // only two threads together get past this
        const std::lock_guard lock(mutex);
        ids.insert(std::this_thread::get_id());
      }));
    }
  }
  EXPECT_EQ(ids.size(), 2U);
}

TEST(WorkerPool, ATaskThatThrowsEndsAloneAndIsCountedAndTold) {
  TaskFailures& failures = TaskFailures::of_process();
  const std::uint64_t before = failures.count();
  std::vector<std::string> told;
  failures.watch([&](std::string_view where, std::string_view what) {
    told.push_back(std::string(where) + ": " + std::string(what));
  });
  {
    WorkerPool pool("test", {.threads = 1, .queue = 10});
    std::latch started(1);
    pool.submit([] { throw std::runtime_error("no memory"); });
    pool.submit([] { throw 1; });
    pool.submit([&] { started.count_down(); });
    started.wait();
    // What is queued when the pool ends may throw, too.
    pool.submit([] { throw std::runtime_error("late"); });
  }
  failures.watch({});
  EXPECT_EQ(failures.count(), before + 3);
  EXPECT_EQ(told, (std::vector<std::string>{"test: no memory", "test: an exception of unknown type",
                                            "test: late"}));
}

TEST(WorkerPool, RefusesWhenFullAndFinishesWhatItAccepted) {
  std::atomic<int> done{0};
  {
    std::latch started(1);
    std::latch release(1);
    WorkerPool pool("a name longer than the kernel takes", {.threads = 1, .queue = 2});
    pool.submit([&] {
      started.count_down();
      release.wait();
      ++done;
    });
    started.wait();
    EXPECT_EQ(pool.busy(), 1U);
    EXPECT_TRUE(pool.submit([&] { ++done; }));
    EXPECT_TRUE(pool.submit([&] { ++done; }));
    EXPECT_FALSE(pool.submit([&] { ++done; }));
    EXPECT_EQ(pool.refused(), 1U);
    EXPECT_EQ(pool.queued(), 2U);
    release.count_down();
  }
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace picket
