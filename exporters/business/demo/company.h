// The demo company: its history, told from a seed, and the life after it. It writes into its ledger; somebody
// else brings that into a database. Pure: the time is handed in. Not thread-safe.
#pragma once

#include "exporters/business/demo/metering.h"
#include "exporters/business/demo/selling.h"
#include "exporters/business/demo/stage.h"

namespace picket::business {

class Company {
 public:
  explicit Company(const DemoPlan& plan);
  Company(const Company&) = delete;
  Company& operator=(const Company&) = delete;

  const DemoPlan& plan() const { return plan_; }
  const Rhythm& rhythm() const { return rhythm_; }
  Ledger& ledger() { return ledger_; }

  // The history, in this order.
  void found();
  void enter_customers(std::int64_t first, std::int64_t last);  ///< both included
  void pass(Period slice);                                      ///< at most an hour, within one

  /// The life after the history begins at that time. What was open then goes on by the agenda.
  void come_alive(std::int64_t at, std::int64_t customers);
  /// Everything that happens until then.
  void live_until(std::int64_t now);
  /// For what was open before: its time is from now on.
  Stage& stage() { return stage_; }
  std::int64_t lived_until() const { return stage_.known_until; }

 private:
  void live(Period slice);

  const DemoPlan plan_;
  const Rhythm rhythm_;
  CustomerBase customers_;
  Ledger ledger_;
  Agenda agenda_;
  Meter meter_;
  Stage stage_;
};

}  // namespace picket::business
