// Rules that are no more: their firing alerts resolve. Offers that to the sink until it has taken it. Used by
// RuleScheduler alone. Safe from any thread.
#pragma once

#include <memory>
#include <optional>

#include "alertd/rules/rule_services.h"
#include "alertd/rules/stored_rule.h"
#include "base/exec/mutex.h"

namespace picket::alertd {

class RetiredRules : public std::enable_shared_from_this<RetiredRules> {
 public:
  explicit RetiredRules(RuleServices services) : services_(services) {}

  /// Offers them on a worker, until they are taken.
  void add(StoredRules rules);
  /// What the sink has not taken: a rule that comes back takes it over.
  StoredRules take_back();
  /// Waits for a try under way; what is left stays in the database.
  void stop();

 private:
  class Offer;
  void offer_soon();
  void offer();
  void schedule_retry();

  const RuleServices services_;
  Mutex mutex_;
  ConditionVariable idle_;
  StoredRules waiting_ GUARDED_BY(mutex_);
  bool offering_ GUARDED_BY(mutex_) = false;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::optional<TimerId> retry_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
