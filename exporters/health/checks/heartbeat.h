// How long the last report of a service that reports by itself holds. Pure: no clock. Not synchronised: the
// engine guards it.
#pragma once

#include <optional>

#include "exporters/health/checks/moment.h"

namespace picket::health {

class Heartbeat {
 public:
  /// What survives a restart.
  struct Saved {
    /// The last report, or when waiting for the first one began; later by the time when no process ran.
    WallTime heard;
    std::optional<Duration> ttl;  ///< that the service sent with it
  };

  /// Waits for the first report. `ttl` is the configured one.
  Heartbeat(Duration ttl, MonoTime now) : configured_(ttl), heard_(now), next_miss_(now + ttl) {}

  /// A report. The `ttl` that came with it holds until the next report.
  void report(std::optional<Duration> ttl, MonoTime now);
  /// A new configured ttl. A shorter one does not make the last report late at once.
  void configure(Duration ttl, MonoTime now);
  /// True when the report is overdue; then again after each further ttl.
  bool is_missed(MonoTime now);

  Saved save(Moment now) const;
  /// Goes on where an earlier process stopped, that was at work until `seen`; this one is since `created`.
  /// The time between does not count: nobody could hear a report. True when the state of before holds: its
  /// report is still good, or was overdue already. Nothing, and false, when a report has come since.
  bool restore(const Saved& saved, WallTime seen, Moment created);

 private:
  Duration ttl() const { return own_.value_or(configured_); }

  Duration configured_;
  std::optional<Duration> own_;
  MonoTime heard_;
  MonoTime next_miss_;
  bool has_report_ = false;  ///< in this process
};

}  // namespace picket::health
