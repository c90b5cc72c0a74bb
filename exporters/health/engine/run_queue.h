// Which check is due when: a heap of moments. Not synchronised.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "base/time/clock.h"

namespace picket::health {

class RunQueue {
 public:
  void clear() { heap_ = {}; }
  void push(MonoTime due, std::size_t index) { heap_.emplace(due, index); }
  std::optional<MonoTime> next_due() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.top().first;
  }
  /// The first that is due at `now`.
  std::optional<std::size_t> pop(MonoTime now) {
    if (heap_.empty() || heap_.top().first > now) return std::nullopt;
    const std::size_t index = heap_.top().second;
    heap_.pop();
    return index;
  }

 private:
  using Entry = std::pair<MonoTime, std::size_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
};

}  // namespace picket::health
