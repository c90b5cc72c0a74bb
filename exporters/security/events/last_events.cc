#include "exporters/security/events/last_events.h"

namespace picket::security {

void LastEvents::start() {
  timer_ =
      scheduler_.every({.interval = kInterval, .jitter = {}, .first = {}}, [state = state_, &pool = pool_] {
        {
          const MutexLock lock(state->mutex);
          if (state->is_queued) return;
          state->is_queued = true;
        }
        if (pool.submit([state] { state->refresh(); })) return;
        const MutexLock lock(state->mutex);
        state->is_queued = false;
      });
}

void LastEvents::stop() {
  if (timer_) scheduler_.cancel(*std::exchange(timer_, std::nullopt));
  const MutexLock waits(state_->running);
  const MutexLock lock(state_->mutex);
  state_->is_over = true;
}

void LastEvents::State::refresh() {
  const MutexLock runs(running);
  {
    const MutexLock lock(mutex);
    is_queued = false;
    if (is_over) return;
  }
  Result<EventPage> page = query();
  const MutexLock lock(mutex);
  trouble = page ? "" : page.error().message;
  if (page) events = std::move(page->events);
}

std::pair<std::vector<SecurityEvent>, std::string> LastEvents::read() const {
  const MutexLock lock(state_->mutex);
  return {state_->events, state_->trouble};
}

}  // namespace picket::security
