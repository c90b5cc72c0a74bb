// What business-demo does: looks at the database, fills it, and lets the company live on. Time and the end are
// handed in.
#pragma once

#include <memory>
#include <stop_token>

#include "base/time/clock.h"
#include "exporters/business/demo/company.h"
#include "exporters/business/demo/demo_database.h"
#include "exporters/business/demo/demo_options.h"
#include "exporters/business/demo/progress.h"

namespace picket::business {

/// The history of a company of such options.
DemoPlan plan_of(const DemoOptions& options);

/// Leaves a filled database behind. With options.live a company that is there is kept. Denied when the database
/// is somebody else's; Unavailable when `stop` ends it: the next start begins afresh.
Result<void> fill_demo(const DemoOptions& options, const Clock& clock, const Say& say,
                       const std::stop_token& stop);

/// A company that goes on living in its database.
class DemoLife {
 public:
  /// Of a filled database. What was open there goes on.
  static Result<std::unique_ptr<DemoLife>> begin(const sql::Dsn& dsn);
  /// Writes down what happened until now.
  Result<void> live_until(std::int64_t now);

 private:
  DemoLife(DemoDatabase database, const DemoPlan& plan) : database_(std::move(database)), company_(plan) {}
  Result<void> wake(std::int64_t at);
  Result<void> go_on_with_open_things();

  DemoDatabase database_;
  Company company_;
};

/// Every few seconds until `stop`. The error of the first beat that failed.
Result<void> live_on(const sql::Dsn& dsn, const Say& say, const std::stop_token& stop);

}  // namespace picket::business
