// A database that opens later, and configurations that come meanwhile. Time is the test's.
#include "base/daemon/store_opener.h"

#include <gtest/gtest.h>

#include <future>
#include <new>
#include <vector>

#include "tests/support/manual_scheduler.h"

namespace picket {
namespace {

using std::chrono::seconds;

/// What stands on the database: the configurations that it was given, in order.
struct Core {
  std::vector<int> configs;
};

/// Holds the thread that passes it until open().
class Gate {
 public:
  void pass() {
    reached_.set_value();
    opened_.get_future().wait();
  }
  void wait_until_reached() { reached_.get_future().wait(); }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> reached_, opened_;
};

class StoreOpenerTest : public testing::Test {
 protected:
  using Opener = StoreOpener<Core, int>;

  Opener::Steps steps() {
    return {.open = [this](const int& config) { return open(config); },
            .reload = [this](Core& core, const int& config) { return reload(core, config); },
            .opened = [this](const std::shared_ptr<Core>& core) { opened_with_ = core->configs.back(); },
            .failed = [this](const Error& error) { failures_.push_back(error.message); }};
  }

  Result<std::shared_ptr<Core>> open(int config) {
    if (gate_ != nullptr) gate_->pass();
    if (throws_) throw std::bad_alloc();
    if (refuses_) return fail(ErrorKind::Unavailable, "no connection");
    return std::make_shared<Core>(Core{{config}});
  }

  Result<void> reload(Core& core, int config) {
    // Whoever asks meanwhile is answered: no lock is held.
    seen_while_reloading_ = opener_.core() != nullptr;
    if (config == refused_config_) return fail(ErrorKind::InvalidInput, "no such rule");
    core.configs.push_back(config);
    return {};
  }

  /// What the pool had been given has run.
  void wait_for_pool() {
    std::promise<void> done;
    pool_.submit([&done] { done.set_value(); });
    done.get_future().wait();
  }
  void pass_retry() {
    scheduler_.advance(Opener::kRetryInterval);
    if (gate_ == nullptr) wait_for_pool();
  }

  test::ManualScheduler scheduler_;
  bool refuses_ = false;
  bool throws_ = false;
  int refused_config_ = -1;
  Gate* gate_ = nullptr;
  int opened_with_ = 0;
  bool seen_while_reloading_ = false;
  std::vector<std::string> failures_;
  WorkerPool pool_{"pool", {1, 16}};
  Opener opener_{scheduler_, pool_, steps()};
};

TEST_F(StoreOpenerTest, OpensAtStartAndIsReloadedFromThenOn) {
  ASSERT_TRUE(opener_.apply(1));
  EXPECT_EQ(opener_.core(), nullptr);
  opener_.start();
  ASSERT_NE(opener_.core(), nullptr);
  EXPECT_EQ(opened_with_, 1);
  ASSERT_TRUE(opener_.apply(2));
  EXPECT_TRUE(seen_while_reloading_);
  EXPECT_EQ(opener_.core()->configs, (std::vector{1, 2}));
  EXPECT_EQ(scheduler_.pending(), 0U);  // nothing more is tried
}

TEST_F(StoreOpenerTest, TriesAgainUntilItOpensWithTheNewestConfiguration) {
  refuses_ = true;
  ASSERT_TRUE(opener_.apply(1));
  EXPECT_EQ(opener_.error(), "it has not been opened yet");
  opener_.start();
  EXPECT_EQ(opener_.core(), nullptr);
  EXPECT_EQ(opener_.error(), "no connection");
  ASSERT_TRUE(opener_.apply(2));
  pass_retry();
  EXPECT_EQ(failures_.size(), 2U);
  refuses_ = false;
  scheduler_.advance(Opener::kRetryInterval - seconds(1));
  EXPECT_EQ(opener_.core(), nullptr);
  scheduler_.advance(seconds(1));
  wait_for_pool();
  ASSERT_NE(opener_.core(), nullptr);
  EXPECT_EQ(opener_.core()->configs, std::vector{2});
  pass_retry();
  EXPECT_EQ(opener_.core()->configs, std::vector{2});
}

TEST_F(StoreOpenerTest, HasInForceWhatCameWhileItOpened) {
  refuses_ = true;
  ASSERT_TRUE(opener_.apply(1));
  opener_.start();
  refuses_ = false;
  Gate gate;
  gate_ = &gate;
  pass_retry();
  gate.wait_until_reached();
  ASSERT_TRUE(opener_.apply(2));  // returns although the database hangs, and so do these
  ASSERT_TRUE(opener_.apply(3));
  EXPECT_EQ(opener_.core(), nullptr);
  EXPECT_EQ(opener_.error(), "no connection");
  pass_retry();  // not a second opening beside the first
  gate.open();
  wait_for_pool();
  ASSERT_NE(opener_.core(), nullptr);
  EXPECT_EQ(opener_.core()->configs, (std::vector{1, 3}));
  EXPECT_EQ(opened_with_, 3);
  EXPECT_FALSE(seen_while_reloading_);
}

TEST_F(StoreOpenerTest, OpensAgainWhenItDoesNotTakeWhatCameWhileItOpened) {
  refuses_ = true;
  ASSERT_TRUE(opener_.apply(1));
  opener_.start();
  refuses_ = false;
  Gate gate;
  gate_ = &gate;
  pass_retry();
  gate.wait_until_reached();
  refused_config_ = 2;
  ASSERT_TRUE(opener_.apply(2));
  gate.open();
  wait_for_pool();
  EXPECT_EQ(opener_.core(), nullptr);
  EXPECT_EQ(opener_.error(), "no such rule");
  EXPECT_EQ(opened_with_, 0);
  ASSERT_TRUE(opener_.apply(3));
  gate_ = nullptr;
  pass_retry();
  ASSERT_NE(opener_.core(), nullptr);
  EXPECT_EQ(opener_.core()->configs, std::vector{3});
}

TEST_F(StoreOpenerTest, KeepsWhatIsInForceWhenAReloadIsRefused) {
  ASSERT_TRUE(opener_.apply(1));
  opener_.start();
  refused_config_ = 2;
  const Result<void> refused = opener_.apply(2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no such rule");
  EXPECT_EQ(opener_.core()->configs, std::vector{1});
}

TEST_F(StoreOpenerTest, ComesBackFromAnOpeningThatThrows) {
  throws_ = true;
  ASSERT_TRUE(opener_.apply(1));
  EXPECT_THROW(opener_.start(), std::bad_alloc);
  throws_ = false;
  opener_.start();
  EXPECT_NE(opener_.core(), nullptr);
}

TEST_F(StoreOpenerTest, GivesTheCoreAwayAtItsEnd) {
  ASSERT_TRUE(opener_.apply(1));
  opener_.start();
  EXPECT_NE(opener_.close(), nullptr);
  EXPECT_EQ(opener_.core(), nullptr);
  EXPECT_EQ(opener_.close(), nullptr);
}

TEST_F(StoreOpenerTest, OpensNothingAfterItsEnd) {
  refuses_ = true;
  ASSERT_TRUE(opener_.apply(1));
  opener_.start();
  refuses_ = false;
  Gate busy;
  pool_.submit([&busy] { busy.pass(); });
  busy.wait_until_reached();
  scheduler_.advance(Opener::kRetryInterval);  // waits behind the busy worker
  EXPECT_EQ(opener_.close(), nullptr);
  busy.open();
  wait_for_pool();
  EXPECT_EQ(opener_.core(), nullptr);
  EXPECT_EQ(opened_with_, 0);
  EXPECT_EQ(scheduler_.pending(), 0U);
}

}  // namespace
}  // namespace picket
