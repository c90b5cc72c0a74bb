#include "base/log/rate_limit.h"

namespace picket {
namespace {

constexpr Duration kWindow = std::chrono::seconds(1);
/// Messages are constants, so this is far above what a daemon has. Past it, new ones share one window.
constexpr std::size_t kMessagesMax = 1024;
constexpr unsigned kSubjectLinesMax = 1000;  ///< of one message in a second: it bounds the subjects as well

}  // namespace

Logger::RateLimit::Window& Logger::RateLimit::window_of(LogLevel level, std::string_view message,
                                                        MonoTime now) {
  if (windows_.size() >= kMessagesMax) {
    std::erase_if(windows_, [now](const auto& entry) {
      return entry.second.suppressed == 0 && now - entry.second.start >= kWindow;
    });
  }
  Key key{level, std::string(message)};
  const auto found = windows_.find(key);
  if (found != windows_.end()) return found->second;
  if (windows_.size() >= kMessagesMax) key.second.clear();
  return windows_.try_emplace(std::move(key), Window{now}).first->second;
}

bool Logger::RateLimit::is_room_for(Window& window, std::string_view subject, unsigned limit, MonoTime now) {
  if (now - window.subjects_start >= kWindow) {
    window.by_subject.clear();
    window.subjects_start = now;
    window.subject_lines = 0;
  }
  if (window.subject_lines >= kSubjectLinesMax) return false;
  unsigned& lines = window.by_subject[std::string(subject)];
  if (lines >= limit) return false;
  ++lines;
  ++window.subject_lines;
  return true;
}

bool Logger::RateLimit::admit(LogLevel level, std::string_view message, std::string_view subject,
                              MonoTime now) {
  const MutexLock lock(mutex_);
  Window& window = window_of(level, message, now);
  if (!subject.empty() && is_room_for(window, subject, limit_, now)) return true;
  if (window.suppressed == 0 && now - window.start >= kWindow) window = Window{now};
  if (window.lines < limit_) {
    ++window.lines;
    return true;
  }
  if (window.suppressed == 0) ++windows_with_suppressed_;
  ++window.suppressed;
  return false;
}

std::vector<Logger::RateLimit::Suppressed> Logger::RateLimit::take_finished(MonoTime now, bool all) {
  const MutexLock lock(mutex_);
  std::vector<Suppressed> finished;
  if (windows_with_suppressed_ == 0) return finished;
  for (auto& [key, window] : windows_) {
    if (window.suppressed == 0 || (!all && now - window.start < kWindow)) continue;
    finished.push_back({key.first, key.second, window.suppressed});
    window = Window{now};
    --windows_with_suppressed_;
  }
  return finished;
}

}  // namespace picket
