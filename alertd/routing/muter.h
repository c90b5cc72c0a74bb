// What can keep an alert from being notified: inhibition, time intervals; later silences. A flush asks a list
// of them, and each says why. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "alertd/alerts/alert.h"
#include "alertd/routing/route_tree.h"

namespace picket::alertd {

struct MuteReason {
  std::string kind;  ///< "inhibited", "muted" or "inactive" (time intervals)
  std::string by;    ///< what does it, for people
};

class Muter {
 public:
  virtual ~Muter() = default;
  /// Why nothing at all is told of the route's groups now.
  virtual std::optional<MuteReason> mutes_route(const Route& route, Timestamp now) const;
  /// Why this firing alert is left out.
  virtual std::optional<MuteReason> mutes(const Alert& alert, Timestamp now) const;
};

/// Mutes routes by their mute_time_intervals and active_time_intervals.
class IntervalMuter final : public Muter {
 public:
  /// `intervals` must outlive it.
  explicit IntervalMuter(const std::vector<NamedInterval>& intervals) : intervals_(intervals) {}
  std::optional<MuteReason> mutes_route(const Route& route, Timestamp now) const override;

 private:
  const std::vector<NamedInterval>& intervals_;
};

}  // namespace picket::alertd
