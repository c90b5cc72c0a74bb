// One event per line, logfmt or JSON, on standard error. Constant message, variable fields:
//   log.warn("scrape failed", {{"target", t}, {"error", e}});
// Rate-limited per message and second: the first line after such a second says how many were suppressed. What
// other programs act on (fail2ban) is limited per subject, a client's address, so that one flood hides no
// line about another.
// Counted per level. What one would alert on is a metric instead. Safe from any thread.
#pragma once

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket {

enum class LogLevel { Debug, Info, Warn, Error };
enum class LogFormat { Logfmt, Json };

Result<LogLevel> parse_log_level(std::string_view text);    // debug, info, warn, error
Result<LogFormat> parse_log_format(std::string_view text);  // logfmt, json
std::string_view to_string(LogLevel level);

struct LogField {
  std::string_view key;
  std::string value;
  bool number = false;  ///< a number or bool: unquoted in JSON

  LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, const Error& e) : key(k), value(e.message) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  LogField(std::string_view k, T v) : key(k), value(fmt::format("{}", v)), number(!std::is_same_v<T, char>) {}
};

class Logger {
 public:
  using Sink = std::function<void(std::string_view line)>;  ///< line without newline
  struct Options {
    LogLevel level = LogLevel::Info;
    LogFormat format = LogFormat::Logfmt;
    /// Lines of one message per second before the rest of that second is suppressed (and counted).
    unsigned lines_per_second = 20;
  };

  /// Writes to standard error.
  Logger(Options options, const Clock& clock);
  Logger(Options options, const Clock& clock, Sink sink);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  using Fields = std::initializer_list<LogField>;
  void debug(std::string_view message, Fields fields = {}) { write(LogLevel::Debug, message, fields); }
  void info(std::string_view message, Fields fields = {}) { write(LogLevel::Info, message, fields); }
  void warn(std::string_view message, Fields fields = {}) { write(LogLevel::Warn, message, fields); }
  void error(std::string_view message, Fields fields = {}) { write(LogLevel::Error, message, fields); }
  /// A line about `subject`, which is counted by itself: at most 1000 lines of one message a second over
  /// all subjects, beyond that as any other message.
  void info_of(std::string_view subject, std::string_view message, Fields fields) {
    write(LogLevel::Info, message, fields, subject);
  }
  void warn_of(std::string_view subject, std::string_view message, Fields fields) {
    write(LogLevel::Warn, message, fields, subject);
  }

  std::uint64_t emitted(LogLevel level) const { return emitted_[static_cast<std::size_t>(level)]; }
  std::uint64_t suppressed(LogLevel level) const { return suppressed_[static_cast<std::size_t>(level)]; }

 private:
  class RateLimit;
  void write(LogLevel level, std::string_view message, Fields fields, std::string_view subject = {});
  void close_finished_seconds(bool all);
  void emit(LogLevel level, std::string_view message, Fields fields);

  const Options options_;
  const Clock& clock_;
  const Sink sink_;
  std::unique_ptr<RateLimit> rate_limit_;
  std::array<std::atomic<std::uint64_t>, 4> emitted_{};
  std::array<std::atomic<std::uint64_t>, 4> suppressed_{};
};

}  // namespace picket
