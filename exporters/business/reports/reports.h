// Answers reports: runs their statements in the lanes of their databases, each at most once at a time and not
// again for some seconds, whoever asks. A database that hangs is answered 504 for and holds up nobody:
// reports take at most half of a lane's sessions. Safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "base/exec/mutex.h"
#include "base/time/scheduler.h"
#include "exporters/business/databases/lane.h"
#include "exporters/business/reports/report_table.h"

namespace picket::business {

class Reports {
 public:
  /// How long an answer is good for everybody who asks the same.
  static constexpr Duration kKept = std::chrono::seconds(10);
  /// Different reports of one database at once; more are 503.
  static constexpr std::size_t kUnderWayMost = 8;
  static constexpr std::size_t kKeptMost = 64;

  using Answer = ReportResult<TablePtr>;
  /// Called once: at once, or on another thread, when the timeout is over at the latest.
  using Done = std::function<void(const Answer&)>;
  /// False when the database's queue is full or it has none.
  using Submit = std::function<bool(const std::string& database, Read read)>;

  Reports(Scheduler& scheduler, Submit submit);
  ~Reports();
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  /// What is under way is answered 503.
  void apply(CataloguePtr catalogue);
  CataloguePtr catalogue() const;
  /// The table is split by `query.by`.
  void ask(const ReportQuery& query, const Done& done);

 private:
  struct Flight;
  struct State;
  using FlightPtr = std::shared_ptr<Flight>;

  void begin(const FlightPtr& flight, const ReportQuery& query, const ReportsConfig& config);
  void end_all(const std::string& why);
  static void end(const std::shared_ptr<State>& state, const FlightPtr& flight, const Answer& answer);

  Scheduler& scheduler_;
  const Submit submit_;
  const std::shared_ptr<State> state_;
};

}  // namespace picket::business
