// One reading of both clocks: spans are measured on the monotonic one, people are told the wall time.
#pragma once

#include "base/time/clock.h"

namespace picket::health {

struct Moment {
  MonoTime mono;
  WallTime wall;

  static Moment of(const Clock& clock) { return {clock.mono(), clock.wall()}; }
};

}  // namespace picket::health
