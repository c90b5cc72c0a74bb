// Evaluates one group at its interval: never twice at once, late ticks are counted and skipped. An evaluation
// that takes long gives its thread up between two rules, so that a query that hangs delays other groups by no
// more than its timeout. Owned by RuleScheduler and by the timers and tasks under way. Safe from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alertd/rules/rule_scheduler.h"

namespace picket::alertd {

class RuleGroupRunner : public std::enable_shared_from_this<RuleGroupRunner> {
 public:
  RuleGroupRunner(RuleServices services, std::shared_ptr<const RuleGroup> group, RuleSettings settings);

  /// Goes on with the states of its rules, one per rule.
  void start(std::vector<StoredRule> rules);
  /// No evaluation starts any more; one under way is abandoned at its next rule, and nothing of it is stored.
  void request_stop();
  /// The same, and waits for one that is being stored. A query under way goes on, and nobody waits for it.
  void stop();
  /// What the rules remember; after stop().
  void give_back(StoredRules& rules);

  GroupStatus status() const;

 private:
  void schedule(MonoTime slot);
  void tick(MonoTime slot);
  void count_missed(std::uint64_t ticks);
  struct Evaluation;
  void begin(const std::shared_ptr<Evaluation>& evaluation, MonoTime slot);
  void go_on(const std::shared_ptr<Evaluation>& evaluation);
  void evaluate_next(Evaluation& evaluation);
  void store(Evaluation& evaluation);
  void finished();
  /// After a step of the wall clock the states' moments move with it, and so do the slots from now on.
  void follow_wall_clock();
  /// At the first evaluation after a restart.
  void resume_restored(Timestamp now);
  bool is_stopped() const;
  RuleTransition evaluate_rule(const AlertingRule& rule, const RuleState& state, Timestamp slot);
  void adopt(GroupResult& result, bool stored, Duration took);
  void show_alerts() const;
  MonoTime first_slot() const;
  Timestamp wall_time(MonoTime slot) const;

  const RuleServices services_;
  const std::shared_ptr<const RuleGroup> group_;
  const RuleSettings settings_;
  const std::string label_;

  mutable Mutex mutex_;
  ConditionVariable idle_;
  bool running_ GUARDED_BY(mutex_) = false;
  bool storing_ GUARDED_BY(mutex_) = false;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::optional<TimerId> timer_ GUARDED_BY(mutex_);
  /// Of the wall clock from the monotonic one, as slots and states have it: it changes with a step, so that
  /// slots are exactly an interval apart.
  Duration wall_offset_ GUARDED_BY(mutex_){};
  std::vector<StoredAs> stored_as_;  // one per rule; constant after start()
  std::vector<std::shared_ptr<const RuleState>> states_ GUARDED_BY(mutex_);  // one per rule
  std::vector<std::vector<ChangedAlert>>
      backlog_;  // per rule, what the sink has not taken; of the running task
  Timestamp last_evaluation_ GUARDED_BY(mutex_){};
  Duration evaluation_time_ GUARDED_BY(mutex_){};
};

}  // namespace picket::alertd
