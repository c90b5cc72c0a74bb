#include "authd/sessions/session_uses.h"

#include <algorithm>

namespace picket::authd {

void SessionUses::note(const SessionUse& use) {
  const MutexLock lock(mutex_);
  Use& known = uses_[use.session_id];
  known.at = std::max(known.at, use.at);
}

std::optional<WallTime> SessionUses::last(const std::string& session_id) const {
  const MutexLock lock(mutex_);
  const auto found = uses_.find(session_id);
  if (found == uses_.end()) return std::nullopt;
  return found->second.at;
}

std::vector<SessionUse> SessionUses::take_due(MonoTime now, Duration interval) {
  std::vector<SessionUse> due;
  const MutexLock lock(mutex_);
  for (auto at = uses_.begin(); at != uses_.end();) {
    Use& use = at->second;
    const bool is_quiet = !use.was_written || now - use.written_when >= interval;
    const bool is_written = use.at <= use.written;
    if (is_quiet && is_written) {
      at = uses_.erase(at);
      continue;
    }
    if (is_quiet) {
      due.push_back({at->first, use.at});
      use = {.at = use.at, .written = use.at, .written_when = now, .was_written = true};
    }
    ++at;
  }
  return due;
}

void SessionUses::put_back(const SessionUse& use) {
  const MutexLock lock(mutex_);
  Use& known = uses_[use.session_id];
  known = {.at = std::max(known.at, use.at)};
}

}  // namespace picket::authd
