// One log event as one line of text. A value can neither end its line nor pose as another field: quotes,
// controls, line separators and bidirectional overrides are escaped, invalid UTF-8 is repaired, long values
// are cut. Used by Logger.
#pragma once

#include <string>
#include <string_view>

#include "base/log/logger.h"
#include "base/time/clock.h"

namespace picket {

struct LogEvent {
  WallTime time;
  LogLevel level;
  std::string_view message;
  Logger::Fields fields;
};

/// Bytes of one value before it is cut with "...".
constexpr std::size_t kLogValueBytesMax = 8192;

/// `ts=2026-11-21T10:00:00.000Z level=warn msg="scrape failed" target=a:1`, no newline.
std::string format_logfmt(const LogEvent& event);
/// `{"ts":"...","level":"warn","msg":"scrape failed","target":"a:1"}`, no newline.
std::string format_json(const LogEvent& event);

}  // namespace picket
