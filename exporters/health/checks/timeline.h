// How a check fared over the last 90 days, as spans of time that end now: exact while a check changes its
// state rarely, coarser with age when it changes often. At most kMaxSpans spans, whatever happens.
// Not synchronised.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/text/duration.h"
#include "exporters/health/checks/state.h"

namespace picket::health {

class Timeline {
 public:
  /// Part of it was known (any state but unknown), part of that was down. Milliseconds.
  struct Span {
    std::int64_t length_ms = 0;
    std::int64_t known_ms = 0;
    std::int64_t down_ms = 0;
    bool operator==(const Span&) const = default;
  };
  static constexpr std::size_t kMaxSpans = 192;

  Timeline() = default;
  /// Oldest first, ending now.
  explicit Timeline(const std::vector<Span>& spans);

  /// `elapsed` more, spent in `state`.
  void add(State state, Duration elapsed);
  /// Share of the known time within the last `window` that was not down; empty when nothing was known.
  std::optional<double> uptime(Duration window) const;
  /// Puts what an earlier process saw before all of this.
  void prepend(std::vector<Span> older);
  /// Drops what is older than `retention`.
  void forget_before(Duration retention);
  const std::vector<Span>& spans() const { return spans_; }

 private:
  void push(const Span& span);
  void merge_cheapest();

  std::vector<Span> spans_;  ///< oldest first
  Duration remainder_{};     ///< under a millisecond, of the newest span
};

}  // namespace picket::health
