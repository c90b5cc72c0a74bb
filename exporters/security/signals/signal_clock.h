// The time that windows run on: the lines' own, made to go forward only. A time that is impossible (over a day
// past the reading) is not believed; a time that goes back is taken for late lines, until so many come that
// the log's clock must have been set back.
#pragma once

#include "exporters/security/records/log_record.h"
#include "exporters/security/signals/state_json.h"

namespace picket::security {

class SignalClock {
 public:
  static constexpr Seconds kAheadMax = 24 * kHour;
  static constexpr Seconds kLateMax = kHour;           ///< later ones may mean that the clock was set back
  static constexpr std::uint32_t kLateLinesMax = 100;  ///< in a row: then it was

  struct Moment {
    WallTime time{};          ///< for events: the line's, or of reading
    bool is_refused = false;  ///< the line's time was impossible
    bool is_reset = false;    ///< the clock went back: windows begin anew
  };
  Moment take(const LogRecord& record, const LineOrigin& origin);
  /// 0 before the first line.
  Seconds now() const { return now_; }

  nlohmann::json to_json() const { return fields_json(std::tie(now_, late_lines_)); }
  bool restore(const nlohmann::json& json) { return read_fields(json, std::tie(now_, late_lines_)); }

 private:
  Seconds now_ = 0;
  std::uint32_t late_lines_ = 0;
};

/// Cut to what counts as possible.
Seconds seconds_of(WallTime time);
WallTime wall_time(Seconds seconds);

}  // namespace picket::security
