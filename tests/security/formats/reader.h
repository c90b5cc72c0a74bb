// A parser with the lines that it reads, for tests: the record's views hold as long as the reader does.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/files/files.h"
#include "base/time/timestamp.h"
#include "exporters/security/formats/line_parser.h"

namespace picket::security::test {

inline WallTime at(const std::string& rfc3339) {
  return parse_rfc3339(rfc3339).value();
}

class Reader {
 public:
  explicit Reader(FormatConfig config) : parser_(make_parser(with_utc(std::move(config))).value()) {}
  static Reader nginx(const std::string& log_format = "combined") {
    return Reader({.type = FormatType::Nginx, .log_format = log_format});
  }

  ParseResult read(const std::string& line, WallTime read_at = at("2026-11-30T15:00:00Z")) {
    lines_.push_back(line);
    return parser_->parse(lines_.back(), read_at, record_);
  }
  /// The record of a line that must be fine.
  const LogRecord& record(const std::string& line) {
    const ParseResult result = read(line);
    if (result != ParseResult::Ok) problem_ = std::string(to_string(result)) + ": " + line;
    return record_;
  }
  const LogRecord& record() const { return record_; }
  const std::string& problem() const { return problem_; }
  std::string client() const { return record_.client ? record_.client->text() : ""; }
  LineParser& parser() { return *parser_; }

 private:
  static FormatConfig with_utc(FormatConfig config) {
    config.time_zone = "UTC";
    return config;
  }

  std::unique_ptr<LineParser> parser_;
  std::deque<std::string> lines_;
  LogRecord record_;
  std::string problem_;
};

/// What is wrong with a format; "" when nothing is.
inline std::string error_of(const FormatConfig& config) {
  const auto parser = make_parser(config);
  return parser ? std::string() : parser.error().message;
}

}  // namespace picket::security::test
