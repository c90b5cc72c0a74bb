// Counts the lines of each message within the current second. Used by Logger; safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/exec/mutex.h"
#include "base/log/logger.h"

namespace picket {

class Logger::RateLimit {
 public:
  struct Suppressed {
    LogLevel level;
    std::string message;
    std::uint64_t count;
  };

  explicit RateLimit(unsigned lines_per_second) : limit_(lines_per_second) {}

  /// `subject`: "" for none.
  bool admit(LogLevel level, std::string_view message, std::string_view subject, MonoTime now);
  /// What was suppressed in seconds that are over (or in any, with `all`), each told once.
  std::vector<Suppressed> take_finished(MonoTime now, bool all);

 private:
  struct Window {
    MonoTime start;
    unsigned lines = 0;
    std::uint64_t suppressed = 0;
    MonoTime subjects_start{};
    unsigned subject_lines = 0;  ///< of all subjects since then
    std::map<std::string, unsigned, std::less<>> by_subject{};
  };
  using Key = std::pair<LogLevel, std::string>;
  static bool is_room_for(Window& window, std::string_view subject, unsigned limit, MonoTime now);
  Window& window_of(LogLevel level, std::string_view message, MonoTime now) REQUIRES(mutex_);

  const unsigned limit_;
  Mutex mutex_;
  std::map<Key, Window> windows_ GUARDED_BY(mutex_);
  std::size_t windows_with_suppressed_ GUARDED_BY(mutex_) = 0;
};

}  // namespace picket
