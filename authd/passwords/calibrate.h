// Picks argon2id parameters for this machine: as much memory as the time allows, then more passes. Used by
// `authctl kdf calibrate`, alone on the machine. The choice is pure; the stopwatch is not.
#pragma once

#include <functional>

#include "authd/passwords/argon2.h"
#include "base/text/bytes.h"
#include "base/time/clock.h"

namespace picket::authd {

struct CalibrationGoal {
  Duration target = std::chrono::milliseconds(100);  ///< one verification on one core
  Bytes memory_max = 256_MiB;                        ///< of one verification; the pool runs several
};

struct Calibration {
  Argon2Params params;
  Duration took{};  ///< as last measured
};

/// How long one hash of these parameters takes.
using Argon2Stopwatch = std::function<Result<Duration>(const Argon2Params&)>;
/// The median of three hashes. `clock` must outlive it.
Argon2Stopwatch argon2_stopwatch(const Clock& clock);

/// Never below the default parameters (OWASP's minimum), even when they take longer than the target. At most
/// a handful of measurements. Fails when the stopwatch does.
Result<Calibration> calibrate(const CalibrationGoal& goal, const Argon2Stopwatch& measure);

}  // namespace picket::authd
