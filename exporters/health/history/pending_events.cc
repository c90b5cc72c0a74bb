#include "exporters/health/history/pending_events.h"

#include <algorithm>
#include <ranges>

#include "base/time/timestamp.h"

namespace picket::health {

namespace {

bool matches(const EventFilter& filter, const Event& event) {
  return (filter.check.empty() || event.check == filter.check) && (!filter.to || event.to == filter.to) &&
         (!filter.since || event.at >= *filter.since) && (!filter.until || event.at < *filter.until) &&
         (!filter.before_id || event.id < *filter.before_id);
}

}  // namespace

bool PendingEvents::add(Event& event) {
  const MutexLock lock(mutex_);
  // Thousandths of the millisecond leave room for a thousand events in one, and stay exact in a JSON number.
  event.id = std::max(last_id_ + 1, unix_millis(event.at) * 1000);
  last_id_ = event.id;
  events_.push_back(event);
  if (events_.size() <= capacity_) return true;
  events_.pop_front();
  return false;
}

void PendingEvents::continue_after(std::int64_t id) {
  const MutexLock lock(mutex_);
  last_id_ = std::max(last_id_, id);
}

std::vector<Event> PendingEvents::first(std::size_t max) const {
  const MutexLock lock(mutex_);
  const std::size_t count = std::min(max, events_.size());
  return {events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count)};
}

void PendingEvents::written(std::int64_t id) {
  const MutexLock lock(mutex_);
  while (!events_.empty() && events_.front().id <= id) events_.pop_front();
}

std::vector<Event> PendingEvents::matching(const EventFilter& filter) const {
  const MutexLock lock(mutex_);
  std::vector<Event> found;
  for (const Event& event : std::ranges::reverse_view(events_)) {
    if (matches(filter, event)) found.push_back(event);
  }
  return found;
}

}  // namespace picket::health
