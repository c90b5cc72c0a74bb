#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "exporters/health/history/recorder.h"
#include "tests/health/service/history_samples.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::health {
namespace {

using picket::test::ManualClock;
using picket::test::TempDir;
using picket::test::wait_until;
using std::chrono::hours;
using std::chrono::seconds;
using test::change;
using test::saved;

/// An engine without checks running: what it is given is what it gives.
class FakeSource final : public HistorySource {
 public:
  void restore(std::vector<SavedCheck> saved) override {
    const MutexLock lock(mutex_);
    restored_ = std::move(saved);
    ++restores_;
  }
  std::vector<SavedCheck> save(std::size_t first, std::size_t count) override {
    const MutexLock lock(mutex_);
    std::vector<SavedCheck> part;
    for (std::size_t i = first; i < std::min(checks_.size(), first + count); ++i) part.push_back(checks_[i]);
    return part;
  }
  void hold(std::vector<SavedCheck> checks) {
    const MutexLock lock(mutex_);
    checks_ = std::move(checks);
  }
  int restores() const {
    const MutexLock lock(mutex_);
    return restores_;
  }
  std::vector<SavedCheck> restored() const {
    const MutexLock lock(mutex_);
    return restored_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<SavedCheck> checks_ GUARDED_BY(mutex_), restored_ GUARDED_BY(mutex_);
  int restores_ GUARDED_BY(mutex_) = 0;
};

class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() { start(); }
  void TearDown() override {
    recorder_->stop();
    std::filesystem::permissions(dir_.path(), std::filesystem::perms::owner_all);
  }

  void start() {
    source_ = std::make_unique<FakeSource>();
    registry_ = std::make_unique<MetricRegistry>();
    recorder_ = std::make_unique<HistoryRecorder>(
        *sql::Dsn::parse(path_), RecorderServices{scheduler_, files_, log_, *registry_, random_});
    recorder_->start(*source_);
  }
  void restart() {
    recorder_->stop();
    start();
  }
  bool restored() const {
    return wait_until(seconds(10), [this] { return source_->restores() == 1; });
  }
  /// Lets time go by until the recorder has done it.
  bool eventually(const std::function<bool()>& predicate) {
    return wait_until(seconds(15), [&] {
      scheduler_.advance(seconds(5));
      return predicate();
    });
  }
  double failures(const std::string& reason) {
    return registry_->counter("health_exporter_state_write_failures_total", "State writes that failed.")
        .Add({{"reason", reason}})
        .Value();
  }
  double last_write() {
    return registry_
        ->gauge("health_exporter_state_last_write_timestamp_seconds",
                "Unix time the state was last made durable.")
        .Add({})
        .Value();
  }

  TempDir dir_;
  std::string path_ = dir_.file("state/health.db");
  RealFiles files_;
  picket::test::ManualScheduler scheduler_;
  Logger log_{{}, scheduler_.clock(), [](std::string_view) {}};
  SystemRandom random_;
  std::unique_ptr<MetricRegistry> registry_;
  std::unique_ptr<FakeSource> source_;
  std::unique_ptr<HistoryRecorder> recorder_;
};

TEST_F(RecorderTest, WritesAtStopAndReadsAtStart) {
  ASSERT_TRUE(restored());
  EXPECT_TRUE(source_->restored().empty());
  std::vector<SavedCheck> many;
  many.reserve(1201);
  for (int i = 0; i < 1201; ++i) many.push_back(saved(fmt::format("check{}", i)));
  source_->hold(many);
  recorder_->record(change(scheduler_.clock().wall(), "a", State::Down));
  restart();
  ASSERT_TRUE(restored());
  EXPECT_EQ(source_->restored().size(), 1201U);
  const auto page = recorder_->events({});
  EXPECT_TRUE(page.complete);
  ASSERT_EQ(page.events.size(), 1U);
  EXPECT_EQ(page.events[0].check, "a");
}

TEST_F(RecorderTest, WritesEventsAtOnceAndTheRestEveryFewSeconds) {
  ASSERT_TRUE(restored());
  const Event event = recorder_->record(change(scheduler_.clock().wall(), "a", State::Down));
  EXPECT_GT(event.id, 0);
  const auto other = [this] { return HistoryStore::open(*sql::Dsn::parse(path_), "other"); };
  EXPECT_TRUE(wait_until(seconds(10), [&] {
    const auto store = other();
    return store && (*store)->events({})->size() == 1;
  }));
  source_->hold({saved("x")});
  EXPECT_TRUE(eventually([&] { return (*other())->load()->checks.size() == 1; }));
  EXPECT_GT(last_write(), 1767614400);
}

TEST_F(RecorderTest, ShowsEventsThatAreNotYetWrittenBesideTheStored) {
  ASSERT_TRUE(restored());
  for (int i = 0; i < 300; ++i) recorder_->record(change(scheduler_.clock().wall(), "a", State::Down));
  EventFilter filter;
  filter.limit = 250;
  const auto page = recorder_->events(filter);
  ASSERT_EQ(page.events.size(), 250U);
  for (std::size_t i = 1; i < page.events.size(); ++i) EXPECT_LT(page.events[i].id, page.events[i - 1].id);
  filter.before_id = page.events.back().id;
  EXPECT_EQ(recorder_->events(filter).events.size(), 50U);
}

TEST_F(RecorderTest, ClaimsItsFolderForOneProcess) {
  recorder_->stop();
  start();
  MetricRegistry registry;
  HistoryRecorder second(*sql::Dsn::parse(path_),
                         RecorderServices{scheduler_, files_, log_, registry, random_});
  ASSERT_TRUE(restored());
  const auto refused = second.claim();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(refused.error().message,
            fmt::format("{}.lock is held by health_test (process {})", path_, getpid()));
  recorder_->stop();
  EXPECT_TRUE(second.claim());
}

TEST_F(RecorderTest, SetsADamagedDatabaseAsideAndBeginsAnew) {
  ASSERT_TRUE(restored());
  source_->hold({saved("x")});
  recorder_->stop();
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file << std::string(4096, 'x');
  }
  start();
  ASSERT_TRUE(eventually([this] { return source_->restores() == 1; }));
  EXPECT_EQ(failures("corrupt"), 1);
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.file("state"))) {
    if (entry.path().string().find(".corrupt-") != std::string::npos) kept = entry.file_size();
  }
  EXPECT_GT(kept, 4096U);
}

TEST_F(RecorderTest, KeepsTryingWhileTheFolderIsNotThere) {
  recorder_->stop();
  // A file stands where the folder should be: unwritable for root too.
  std::filesystem::remove_all(dir_.file("state"));
  std::ofstream(dir_.file("state")) << "in the way";
  start();
  const Event event = recorder_->record(change(scheduler_.clock().wall(), "a", State::Down));
  EXPECT_TRUE(eventually(
      [this] { return failures("unavailable") + failures("denied") + failures("internal") >= 2; }));
  EXPECT_EQ(source_->restores(), 0);
  const auto page = recorder_->events({});
  EXPECT_FALSE(page.complete);
  ASSERT_EQ(page.events.size(), 1U);
  EXPECT_EQ(page.events[0].id, event.id);
  std::filesystem::remove(dir_.file("state"));
  EXPECT_TRUE(eventually([this] { return source_->restores() == 1; }));
  EXPECT_TRUE(eventually([this] { return recorder_->events({}).complete; }));
  EXPECT_EQ(recorder_->events({}).events.size(), 1U);
}

TEST(PendingEvents, AreBoundedAndOrdered) {
  PendingEvents pending(3);
  const WallTime at = ManualClock::kStart;
  for (int i = 0; i < 3; ++i) {
    Event event = change(at, "a", State::Down);
    EXPECT_TRUE(pending.add(event));
  }
  Event fourth = change(at - hours(1), "b", State::Down);  // the wall clock went back; ids do not
  EXPECT_FALSE(pending.add(fourth));
  const auto events = pending.first(10);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_LT(events[0].id, events[1].id);
  EXPECT_LT(events[1].id, events[2].id);
  EXPECT_EQ(events[2].check, "b");
  pending.written(events[1].id);
  EXPECT_EQ(pending.first(10).size(), 1U);
}

}  // namespace
}  // namespace picket::health
