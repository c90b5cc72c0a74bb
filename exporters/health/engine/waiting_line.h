// Checks that are due and wait for a free slot. A probe that gets no answer holds its slot for its whole
// timeout, so checks that got none lately may not take every slot: the others run on time beside thousands of
// dead targets. Not synchronised.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <numeric>

#include "exporters/health/engine/check_record.h"

namespace picket::health {

class WaitingLine {
 public:
  using RecordPtr = std::shared_ptr<CheckRecord>;

  void push(RecordPtr record);
  /// The next one that may run when `limit` may in all, counted as running from now on; null when none may.
  /// Checks that answer go first, and may take every slot; all others together take at most 7 of 8, those
  /// that are silent 3 of 4.
  RecordPtr take(std::size_t limit);
  /// A probe has ended that take() let run, with an answer (whatever it said) or without.
  void ended(CheckRecord& record, bool answered);

  std::size_t size() const;
  std::size_t running() const { return std::accumulate(running_.begin(), running_.end(), std::size_t{0}); }
  void clear();
  void drop_removed();

 private:
  bool may_run(Standing standing, std::size_t limit) const;

  std::array<std::deque<RecordPtr>, kStandingCount> waiting_;  ///< by standing
  std::array<std::size_t, kStandingCount> running_{};
};

}  // namespace picket::health
