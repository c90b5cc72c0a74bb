#include "authd/passwords/calibrate.h"

#include <algorithm>
#include <array>

namespace picket::authd {
namespace {

constexpr Argon2Params kFloor{};
constexpr std::uint32_t kCalibratedPassesMax = 10;
constexpr std::uint32_t kKibPerMib = 1024;
constexpr int kCorrections = 4;

double ratio(Duration a, Duration b) {
  return std::chrono::duration<double>(a) / std::chrono::duration<double>(std::max(b, Duration(1)));
}

/// Whole MiB, from the floor to the limit.
std::uint32_t memory_for(double kib, Bytes memory_max) {
  const std::uint64_t limit_kib = std::min<std::uint64_t>(memory_max.count, 1ULL << 30U) / 1024;
  const auto limit = static_cast<double>(limit_kib);
  const auto whole = static_cast<std::uint32_t>(std::min(kib, limit)) / kKibPerMib * kKibPerMib;
  return std::max(whole, kFloor.memory_kib);
}

std::uint32_t passes_for(double passes) {
  return static_cast<std::uint32_t>(std::clamp(passes, double{kFloor.passes}, double{kCalibratedPassesMax}));
}

/// What would take the target's time if time were proportional to memory and passes.
Argon2Params scaled(const Calibration& now, const CalibrationGoal& goal) {
  const double factor = ratio(goal.target, now.took);
  const double wanted =
      static_cast<double>(now.params.memory_kib) * now.params.passes * factor;  // KiB filled in all
  Argon2Params next = kFloor;
  next.memory_kib = memory_for(wanted / kFloor.passes, goal.memory_max);
  next.passes = passes_for(wanted / next.memory_kib);
  return next;
}

Result<Calibration> measured(const Argon2Params& params, const Argon2Stopwatch& measure) {
  const auto took = measure(params);
  if (!took) return fail(took);
  return Calibration{params, *took};
}

}  // namespace

Argon2Stopwatch argon2_stopwatch(const Clock& clock) {
  return [&clock](const Argon2Params& params) -> Result<Duration> {
    std::array<Duration, 3> runs{};
    for (Duration& run : runs) {
      const MonoTime begun = clock.mono();
      const auto tag = argon2id(params, {.password = "calibration", .salt = "calibration salt"}, 32);
      if (!tag) return fail(tag);
      run = clock.mono() - begun;
    }
    std::ranges::sort(runs);
    return runs[1];
  };
}

Result<Calibration> calibrate(const CalibrationGoal& goal, const Argon2Stopwatch& measure) {
  auto best = measured(kFloor, measure);
  // Time grows faster than memory once it leaves the caches: correct until it fits.
  Result<Calibration> now = best;
  for (int i = 0; i < kCorrections && now; ++i) {
    if (now->took <= goal.target && now->took >= best->took) best = now;
    const Argon2Params next = scaled(*now, goal);
    if (next == now->params || next == best->params) break;
    now = measured(next, measure);
  }
  if (!now) return now;
  return now->took <= goal.target && now->took > best->took ? now : best;
}

}  // namespace picket::authd
