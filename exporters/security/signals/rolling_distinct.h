// How many different things were seen in the last minutes: a sketch for each slice of a window, the oldest
// slice forgotten as time goes on. A window of 5 slices covers 4 to 5 of them.
#pragma once

#include "base/json/json.h"
#include "exporters/security/signals/client_key.h"
#include "exporters/security/signals/hyperloglog.h"
#include "exporters/security/signals/signal_names.h"

namespace picket::security {

class RollingDistinct {
 public:
  explicit RollingDistinct(DistinctSpan span) : span_(span), slices_(span.slices) {}

  void add(std::uint64_t hash, Seconds now);
  HyperLogLog within(Seconds now) const;
  void clear() { slices_.assign(span_.slices, {}); }

  nlohmann::json to_json() const;
  /// False, and unchanged, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json);

 private:
  struct Slice {
    std::int64_t number = 0;  ///< since 1970
    HyperLogLog sketch;
  };
  DistinctSpan span_;
  std::vector<Slice> slices_;  ///< a number has its place
};

/// All of kDistinctSpans.
class DistinctWindows {
 public:
  void add(std::uint64_t hash, Seconds now);
  std::array<HyperLogLog, kDistinctSpans.size()> within(Seconds now) const;
  void clear();

  nlohmann::json to_json() const;
  bool restore(const nlohmann::json& json);

 private:
  std::array<RollingDistinct, kDistinctSpans.size()> windows_{RollingDistinct(kDistinctSpans[0]),
                                                              RollingDistinct(kDistinctSpans[1])};
};

}  // namespace picket::security
