// Events that are not durable yet. Bounded: the oldest go first. Safe from any thread.
#pragma once

#include <deque>
#include <vector>

#include "base/exec/mutex.h"
#include "exporters/health/history/event.h"

namespace picket::health {

class PendingEvents {
 public:
  explicit PendingEvents(std::size_t capacity) : capacity_(capacity) {}

  /// Gives the event its id and keeps it. False when an older one had to go.
  bool add(Event& event);
  /// Ids given from now on are above `id`.
  void continue_after(std::int64_t id);
  /// Oldest first, at most `max`.
  std::vector<Event> first(std::size_t max) const;
  /// Those up to `id` are durable.
  void written(std::int64_t id);
  /// Newest first.
  std::vector<Event> matching(const EventFilter& filter) const;

 private:
  const std::size_t capacity_;
  mutable Mutex mutex_;
  std::deque<Event> events_ GUARDED_BY(mutex_);
  std::int64_t last_id_ GUARDED_BY(mutex_) = 0;
};

}  // namespace picket::health
