// Which detections go on, of a client, an account or a source. One begins when its rule holds and ends when
// the rule did not hold for `quiet`.
#pragma once

#include "exporters/security/signals/client_key.h"
#include "exporters/security/signals/signal_names.h"

namespace picket::security {

struct Detected {
  std::array<Seconds, kDetectionKinds.size()> last{};  ///< when each rule held last; 0: never

  bool is_active(DetectionKind kind, Seconds now, Seconds quiet) const {
    const Seconds at = last.at(static_cast<std::size_t>(kind));
    return at > 0 && now - at < quiet;
  }
  /// The rule holds. True when that is news.
  bool holds(DetectionKind kind, Seconds now, Seconds quiet) {
    const bool is_news = !is_active(kind, now, quiet);
    last.at(static_cast<std::size_t>(kind)) = now;
    return is_news;
  }
  Seconds newest() const {
    Seconds newest = 0;
    for (const Seconds at : last) newest = at > newest ? at : newest;
    return newest;
  }
};

}  // namespace picket::security
