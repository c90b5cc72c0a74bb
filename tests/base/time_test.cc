// Timestamps, stamps for ids, deadlines, the timer thread and the tests' own scheduler.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/exec/task_failures.h"
#include "base/time/monotonic_stamp.h"
#include "base/time/timer_thread.h"
#include "base/time/timestamp.h"
#include "tests/support/manual_scheduler.h"

namespace picket {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::ManualScheduler;

constexpr Duration kPatience = seconds(10);  // only a failing test waits this long

// Gathers what happened on another thread.
class Record {
 public:
  void add(int value) {
    {
      const std::lock_guard lock(mutex_);
      values_.push_back(value);
    }
    changed_.notify_all();
  }
  std::vector<int> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return values_.size() >= count; });
    return values_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> values_;
};

TEST(Timestamp, IsReadFromRfc3339AndPrinted) {
  struct Row {
    std::string_view text;
    std::int64_t millis;
    std::string_view printed;
  };
  const std::vector<Row> rows{
      {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"},
      {"2026-11-21T10:00:00.5Z", 1795255200500, "2026-11-21T10:00:00.500Z"},
      {"2026-11-21T12:00:00+02:00", 1795255200000, "2026-11-21T10:00:00.000Z"},
      {"2026-11-21t04:30:00-05:30", 1795255200000, "2026-11-21T10:00:00.000Z"},
      {"2024-02-29T23:59:60Z", 1709251199000, "2024-02-29T23:59:59.000Z"},
      {"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"},
      {"2026-01-05T12:00:00.123456789Z", 1767614400123, "2026-01-05T12:00:00.123Z"},
  };
  for (const Row& row : rows) {
    const auto time = parse_rfc3339(row.text);
    ASSERT_TRUE(time) << row.text;
    EXPECT_EQ(unix_millis(*time), row.millis) << row.text;
    EXPECT_EQ(format_rfc3339(*time), row.printed);
  }
  EXPECT_EQ(parse_rfc3339("2026-01-05T12:00:00.123456789Z")->time_since_epoch().count() % 1'000'000'000,
            123456789);
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "2026", "2026-11-21", "2026-11-21T10:00Z", "2026-11-21T10:00:00", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T10:00:00.Z",
        "2026-11-21T10:00:00.1234567890Z", "2026-11-21T10:00:00+24:00", "2026-11-21T10:00:00+0200",
        "2026-11-21T10:00:00Zx", "2500-01-01T00:00:00Z", "+026-11-21T10:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Timestamp, IsReadFromHttpDatesAndPrinted) {
  const WallTime time = parse_rfc3339("1994-11-06T08:49:37Z").value();
  EXPECT_EQ(format_http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value(), time);
  for (const std::string_view text : {"", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "120",
                                      "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(Timestamp, ConvertsToNumbersAndBack) {
  EXPECT_EQ(unix_seconds(from_unix_seconds(1767614400.25)), 1767614400.25);
  EXPECT_EQ(unix_millis(from_unix_millis(-1)), -1);
  EXPECT_EQ(from_unix_seconds(1e300), WallTime::max());
  EXPECT_GT(from_unix_millis(std::numeric_limits<std::int64_t>::max()), from_unix_millis(9'000'000'000'000));
}

TEST(Deadline, RunsOut) {
  test::ManualClock clock;
  const Deadline deadline = Deadline::after(clock, seconds(5));
  EXPECT_EQ(deadline.remaining(clock), seconds(5));
  clock.advance(seconds(5));
  EXPECT_TRUE(deadline.passed(clock));
  clock.advance(seconds(5));
  EXPECT_EQ(deadline.remaining(clock), Duration::zero());
  EXPECT_FALSE(Deadline().passed(clock));
}

TEST(MonotonicStamps, RiseWhenTheClockStandsOrGoesBackAndWhenAMillisecondIsFull) {
  test::ManualClock clock;
  MonotonicStamps stamps(clock, 2);
  const std::int64_t start = unix_millis(clock.wall());
  const auto expect_next = [&stamps](std::int64_t millis, std::uint32_t count) {
    const MonotonicStamp stamp = stamps.next();
    EXPECT_EQ(stamp.millis, millis);
    EXPECT_EQ(stamp.count, count);
  };
  expect_next(start, 0);
  expect_next(start, 1);
  expect_next(start + 1, 0);
  clock.step_wall(-minutes(5));
  expect_next(start + 1, 1);
  clock.step_wall(minutes(6));
  expect_next(start + 60'000, 0);
}

TEST(TimerThread, RunsTasksInTheOrderOfTheirTimes) {
  Record record;
  TimerThread timers;
  const MonoTime now = timers.clock().mono();
  timers.at(now + milliseconds(30), [&] { record.add(3); });
  timers.at(now + milliseconds(10), [&] { record.add(1); });
  timers.at(now + milliseconds(20), [&] { record.add(2); });
  timers.at(now - seconds(1), [&] { record.add(0); });
  EXPECT_EQ(record.wait_for(4), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_GE(timers.clock().mono(), now + milliseconds(30));
}

TEST(TimerThread, ACancelledTaskDoesNotStart) {
  Record record;
  TimerThread timers;
  std::latch blocked(1);
  timers.after(Duration::zero(), [&] { blocked.wait(); });
  const TimerId cancelled = timers.after(Duration::zero(), [&] { record.add(1); });
  const TimerId repeated = timers.every({.interval = milliseconds(1)}, [&] { record.add(2); });
  timers.after(milliseconds(20), [&] { record.add(3); });
  timers.cancel(cancelled);
  timers.cancel(repeated);
  timers.cancel(repeated);
  timers.cancel(TimerId{12345});
  blocked.count_down();
  EXPECT_EQ(record.wait_for(1), std::vector<int>{3});
}

TEST(TimerThread, ATaskThatThrowsEndsAloneAndComesAgain) {
  const std::uint64_t before = TaskFailures::of_process().count();
  std::latch twice(2);
  {
    TimerThread timers;
    timers.every({.interval = std::chrono::milliseconds(1), .jitter = {}, .first = {}}, [&] {
      if (!twice.try_wait()) twice.count_down();
      throw std::runtime_error("broken");
    });
    twice.wait();
  }
  EXPECT_GE(TaskFailures::of_process().count(), before + 2);
}

TEST(TimerThread, ARepeatedTaskMayCancelItself) {
  Record record;
  TimerThread timers;
  std::atomic<TimerId> id{};
  std::latch known(1);
  id = timers.every({.interval = milliseconds(1)}, [&] {
    known.wait();
    timers.cancel(id);
    record.add(1);
    timers.after(milliseconds(20), [&] { record.add(2); });
  });
  known.count_down();
  EXPECT_EQ(record.wait_for(2), (std::vector<int>{1, 2}));
}

TEST(TimerThread, KeepsItsPhaseAndSkipsWhatWasMissed) {
  constexpr Duration kInterval = milliseconds(20);
  constexpr std::size_t kRuns = 12;
  std::vector<MonoTime> runs;  // of the timer thread until `done`
  std::latch done(1);
  MonoTime start{};
  {
    TimerThread timers;
    start = timers.clock().mono();
    timers.every({.interval = kInterval, .jitter = {}, .first = kInterval}, [&] {
      runs.push_back(timers.clock().mono());
      // The first run is busy over the next two dates and half of an interval more.
      while (runs.size() == 1 && timers.clock().mono() < start + 3 * kInterval + kInterval / 2) {
      }
      if (runs.size() == kRuns) done.count_down();
    });
    done.wait();
  }
  // Due at 1, ends at 3.5: date 2 is skipped, 3 runs late, from 4 on all is on time again.
  EXPECT_GE(runs[2] - start, 4 * kInterval);
  Duration least_late = kInterval;
  for (std::size_t i = 2; i < kRuns; ++i) least_late = std::min(least_late, (runs[i] - start) % kInterval);
  EXPECT_LT(least_late, kInterval / 4) << "the late run shifted the later ones";
}

TEST(TimerThread, DropsWhatIsNotDueWhenItEnds) {
  auto alive = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = alive;
  {
    TimerThread timers;
    timers.after(std::chrono::hours(1), [alive] { ++*alive; });
    alive.reset();
    EXPECT_FALSE(watched.expired());
  }
  EXPECT_TRUE(watched.expired());
}

TEST(TimerThread, TakesTasksFromManyThreads) {
  Record record;
  TimerThread timers;
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 250; ++j) {
          timers.after(std::chrono::microseconds(j % 7), [&] { record.add(1); });
          timers.cancel(timers.after(minutes(1), [&] { record.add(2); }));
        }
      });
    }
  }
  EXPECT_EQ(record.wait_for(1000), std::vector<int>(1000, 1));
}

TEST(ManualSchedulerTest, RunsWhatIsDueInOrderAtItsTime) {
  ManualScheduler scheduler;
  const MonoTime start = scheduler.clock().mono();
  std::vector<std::pair<int, Duration>> runs;
  const auto note = [&](int what) {
    return [&, what] { runs.emplace_back(what, scheduler.clock().mono() - start); };
  };
  scheduler.after(seconds(2), note(1));
  const TimerId repeated =
      scheduler.every({.interval = seconds(2), .jitter = {}, .first = seconds(1)}, note(2));
  scheduler.after(seconds(2), note(3));
  scheduler.advance(seconds(4));
  EXPECT_EQ(runs, (std::vector<std::pair<int, Duration>>{
                      {2, seconds(1)}, {1, seconds(2)}, {3, seconds(2)}, {2, seconds(3)}}));
  EXPECT_EQ(scheduler.clock().mono(), start + seconds(4));
  scheduler.cancel(repeated);
  EXPECT_EQ(scheduler.pending(), 0U);
}

TEST(ManualSchedulerTest, StepsTheWallClockAlone) {
  ManualScheduler scheduler;
  const MonoTime before = scheduler.clock().mono();
  scheduler.manual_clock().step_wall(-minutes(5));
  EXPECT_EQ(scheduler.clock().wall(), test::ManualClock::kStart - minutes(5));
  EXPECT_EQ(scheduler.clock().mono(), before);
}

}  // namespace
}  // namespace picket
