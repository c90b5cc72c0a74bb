// The times of logs. Pure, but that a clock reads the same second only once. Years are 1970 to 2199.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time/clock.h"

namespace picket::security {

/// "30/Nov/2026:14:17:11 +0000": nginx's $time_local, and Apache's %t without its brackets.
std::optional<WallTime> parse_access_time(std::string_view text);
/// RFC 3339, and the same with a zone without its colon ("+0000").
std::optional<WallTime> parse_iso_time(std::string_view text);
/// Seconds since 1970, with a fraction: "1796048231.123". Beyond what seconds can be they are taken for
/// milliseconds, microseconds, nanoseconds.
std::optional<WallTime> parse_unix_time(std::string_view text);
std::optional<WallTime> unix_time(double number);

/// Times without a zone, and without a year.
class LocalTimes {
 public:
  /// `location` is an IANA name, or "Local".
  explicit LocalTimes(std::string location) : location_(std::move(location)) {}

  /// "2026/11/30 14:17:11": nginx's error log.
  std::optional<WallTime> parse_error_time(std::string_view text) const;
  /// "Nov 30 14:17:11", RFC 3164: the latest such moment that is at most a day after `read_at`.
  std::optional<WallTime> parse_syslog_time(std::string_view text, WallTime read_at) const;

 private:
  std::string location_;
};

/// One that remembers the second before: access logs have thousands of lines of the same one.
class AccessClock {
 public:
  std::optional<WallTime> read(std::string_view text, std::optional<WallTime> (*parse)(std::string_view));

 private:
  std::array<char, 32> last_{};
  std::size_t length_ = 0;
  std::optional<WallTime> time_;
};

}  // namespace picket::security
