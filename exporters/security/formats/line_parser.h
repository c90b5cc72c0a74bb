// A line of a log as a LogRecord: one parser for each source, made of its format once. For one thread. A parser
// is a function of the lines that it read, and of what restore() gave it: the same lines give the same records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result/result.h"
#include "base/time/clock.h"
#include "exporters/security/formats/format_config.h"
#include "exporters/security/records/log_record.h"

namespace picket::security {

enum class ParseResult : std::uint8_t {
  Ok,
  Format,    ///< not in the format
  Oversize,  ///< longer than kLineMax
  Binary,    ///< not in the format, and not text: it has NUL bytes
  Time       ///< in the format, but its time is not one
};
/// "ok", "format", "oversize", "binary", "time": the reasons of security_log_parse_failures_total.
std::string_view to_string(ParseResult result);

inline constexpr std::size_t kLineMax = std::size_t{1024} * 1024;
inline constexpr std::size_t kParserStateMax = std::size_t{64} * 1024;

class LineParser {
 public:
  virtual ~LineParser() = default;

  /// `line` is without its newline; a carriage return at its end and NUL bytes at its beginning (what a crash
  /// leaves of a file) are not part of it. `read_at` gives the year to times that have none. On Ok `out` is the
  /// line's record, all of it: nothing of the record before is left. Otherwise `out` is not to be looked at. An
  /// empty line, and one that is understood and says nothing, is Ok and a record of kind Other.
  /// The record's views hold until the next call, and while `line` does.
  virtual ParseResult parse(std::string_view line, WallTime read_at, LogRecord& out) = 0;

  /// What the parser remembers from line to line, to be stored with the position in the file: at most
  /// kParserStateMax bytes of text. "" when it remembers nothing.
  virtual std::string state() const { return {}; }
  /// Takes back what state() gave. InvalidInput, and nothing is changed, when that is something else.
  virtual Result<void> restore(std::string_view state);
};

/// InvalidInput when the format cannot be parsed without guessing: says where in it.
Result<std::unique_ptr<LineParser>> make_parser(const FormatConfig& config);

}  // namespace picket::security
