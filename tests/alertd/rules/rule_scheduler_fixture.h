// A RuleScheduler on a clock that the tests move, with an engine and a sink that do what they say.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alertd/rules/rule_scheduler.h"
#include "base/metrics/exposition.h"
#include "tests/alertd/rules/rule_script.h"
#include "tests/support/wait.h"

namespace picket::alertd::test {

inline constexpr auto kPatience = std::chrono::seconds(10);

/// Answers what the test says, and can be held up.
class ScriptedEngine final : public QueryEngine {
 public:
  Result<Vector> instant(const Query& query, Timestamp time) override {
    std::unique_lock lock(mutex_);
    ++entered_;
    times_.push_back(time);
    changed_.notify_all();
    if (query.expr == "slow") return wait_for_permit(lock);
    if (std::exchange(throwing_, false)) throw std::runtime_error("no memory");
    changed_.wait(lock, [this] { return !held_; });
    if (query.expr == "broken" || failing_) return fail(ErrorKind::Unavailable, "no route");
    return vector_of(samples_);
  }

  void answer(const std::string& samples) {
    with([&] { samples_ = samples; });
  }
  void fail_all(bool on) {
    with([&] { failing_ = on; });
  }
  void hold(bool on) {
    with([&] { held_ = on; });
  }
  void throw_once() {
    with([&] { throwing_ = true; });
  }
  /// Lets so many of the queries "slow" time out.
  void permit(std::size_t queries) {
    with([&] { permits_ += queries; });
  }
  std::size_t slow() {
    const std::lock_guard lock(mutex_);
    return slow_;
  }
  std::size_t entered() {
    const std::lock_guard lock(mutex_);
    return entered_;
  }
  std::vector<Timestamp> times() {
    const std::lock_guard lock(mutex_);
    return times_;
  }

 private:
  template <class F>
  void with(F change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  Result<Vector> wait_for_permit(std::unique_lock<std::mutex>& lock) {
    ++slow_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return permits_ > 0; });
    --permits_;
    return fail(ErrorKind::Timeout, "too slow");
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t permits_ = 0;
  std::size_t slow_ = 0;
  bool throwing_ = false;
  std::string samples_;
  bool failing_ = false;
  bool held_ = false;
  std::size_t entered_ = 0;
  std::vector<Timestamp> times_;
};

/// Keeps what it is given; can refuse.
class RecordingSink final : public AlertSink {
 public:
  Result<void> apply(const GroupResult& result) override {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (refusing_) return fail(ErrorKind::Unavailable, "disk is full");
    for (const RuleResult& rule : result.rules) {
      const std::string changes = changes_of(rule.transition);
      if (!changes.empty()) changes_.push_back((rule.rule ? "" : "gone ") + changes);
      sent_ += rule.transition.send.size();
    }
    return {};
  }

  void refuse(bool on) {
    const std::lock_guard lock(mutex_);
    refusing_ = on;
  }
  std::string changes() {
    const std::lock_guard lock(mutex_);
    return join(changes_, ", ");
  }
  std::size_t calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::size_t sent() {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> changes_;
  std::size_t calls_ = 0;
  std::size_t sent_ = 0;
  bool refusing_ = false;
};

class RuleSchedulerTest : public testing::Test {
 protected:
  static RuleGroups groups(const std::string& rules, const std::string& fields = "") {
    return load_groups("groups: [{name: g, interval: 1m, " + fields + " rules: [" + rules + "]}]");
  }

  /// One tick, and its end.
  void tick() {
    const std::size_t before = sink_.calls();
    clock_.advance(std::chrono::minutes(1));
    EXPECT_TRUE(picket::test::wait_until(kPatience, [&] { return sink_.calls() > before && idle(); }));
  }

  bool idle() { return workers_.queued() == 0 && workers_.busy() == 0; }

  std::string metrics() {
    Collector* const collectors[] = {&registry_};
    return encode(collectors, ExpositionFormat::Text004);
  }

  picket::test::ManualScheduler clock_;
  MetricRegistry registry_;
  RuleMetrics metrics_{registry_};
  std::mutex lines_mutex_;
  std::vector<std::string> lines_;
  Logger log_{{}, clock_.clock(), [this](std::string_view line) {
                const std::lock_guard lock(lines_mutex_);
                lines_.emplace_back(line);
              }};
  ScriptedEngine engine_;
  RecordingSink sink_;
  WorkerPool workers_{"rules", {2, 8}};
  RuleScheduler scheduler_{{clock_, workers_, engine_, sink_, metrics_, log_}};
};

}  // namespace picket::alertd::test
