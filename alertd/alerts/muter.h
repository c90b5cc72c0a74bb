// What can keep an alert from being notified: inhibition, later silences. Implementations are safe from any
// thread.
#pragma once

#include <optional>
#include <string>

#include "alertd/alerts/alert.h"

namespace picket::alertd {

struct MuteReason {
  std::string kind;  ///< "inhibited", "silenced"
  std::string by;    ///< what does it, for people
};

class Muter {
 public:
  virtual ~Muter() = default;
  virtual std::optional<MuteReason> mutes(const Alert& alert, Timestamp now) const = 0;
};

}  // namespace picket::alertd
