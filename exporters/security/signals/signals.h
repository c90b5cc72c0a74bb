// What the lines of one source mean: counts, estimates, detections and events out of LogRecords. A function of
// the lines alone: read again from a state that was kept, they give the same counts and the same event ids.
// It has no clock: windows run on the time of the line. Memory is bounded whatever the lines say. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/detect/detector.h"
#include "exporters/security/events/security_event.h"
#include "exporters/security/records/log_record.h"
#include "exporters/security/signals/signals_config.h"
#include "exporters/security/signals/signals_snapshot.h"

namespace picket::security {

class Signals {
 public:
  Signals(std::string source, SignalsConfig config, Detector detector);
  Signals(Signals&&) noexcept;
  Signals& operator=(Signals&&) noexcept;
  ~Signals();

  /// Counts one line and appends what is worth reading about, mostly nothing.
  void take(const LogRecord& record, const LineOrigin& origin, std::vector<SecurityEvent>& events);

  /// As of `now`, or as of the newest line when that is later: windows are empty after a quiet time. Merges
  /// sketches: not for every line.
  SignalsSnapshot snapshot(WallTime now) const;
  /// Highest score first, none of zero.
  std::vector<Suspect> suspects(WallTime now) const;

  /// Everything that is kept, in at most a few MB: to be written in one record with the position.
  nlohmann::json to_json() const;
  /// Goes on from what to_json() wrote. Corrupt when it is torn or foreign: nothing has changed then. What is
  /// beyond the limits of today's configuration is dropped, the least active first.
  Result<void> restore(const nlohmann::json& state);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace picket::security
