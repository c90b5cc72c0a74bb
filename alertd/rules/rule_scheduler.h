// Evaluates every group at its interval, each on a worker and never twice at once. At the start
// ticks fall on multiples of the interval plus an offset that is the group's own, so that groups spread out
// and a restart keeps their phase; from then on they are an interval apart, whatever the wall clock does.
// Safe from any thread.
#pragma once

#include <memory>
#include <vector>

#include "alertd/rules/rule_group.h"
#include "alertd/rules/rule_services.h"
#include "alertd/rules/stored_rule.h"
#include "base/exec/mutex.h"

namespace picket::alertd {

class RetiredRules;
class RuleGroupRunner;

/// For /api/v1/rules and the pages.
struct GroupStatus {
  std::shared_ptr<const RuleGroup> group;
  std::vector<std::shared_ptr<const RuleState>> states;  ///< one per rule of the group
  Timestamp last_evaluation{};
  Duration evaluation_time{};
};

class RuleScheduler {
 public:
  explicit RuleScheduler(RuleServices services);
  /// stop()s.
  ~RuleScheduler();
  RuleScheduler(const RuleScheduler&) = delete;
  RuleScheduler& operator=(const RuleScheduler&) = delete;

  /// Starts with states from the database. States whose rule is gone are retired through the sink.
  void start(RuleGroups groups, const RuleSettings& settings, StoredRules states);
  /// Takes over new rules: states follow them (rule_takeover.h), alerts of removed rules resolve.
  void reload(RuleGroups groups, const RuleSettings& settings);
  /// No evaluation starts any more; waits for those under way.
  void stop();

  std::vector<GroupStatus> status() const;

 private:
  void install(RuleGroups groups, const RuleSettings& settings, StoredRules states);
  StoredRules take_down();

  const RuleServices services_;
  Mutex control_;  // one start, reload or stop at a time
  mutable Mutex mutex_;
  std::vector<std::shared_ptr<RuleGroupRunner>> runners_ GUARDED_BY(mutex_);
  std::shared_ptr<RetiredRules> retired_;  // replaced by start() alone
};

}  // namespace picket::alertd
