#include "base/log/logger.h"

#include <cstdio>

#include "base/log/line.h"
#include "base/log/rate_limit.h"

namespace picket {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warn", "error"};

/// One call per line: the stream's own lock keeps the lines of threads apart.
void write_to_stderr(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  (void)std::fwrite(whole.data(), 1, whole.size(), stderr);
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) return static_cast<LogLevel>(i);
  }
  return fail(ErrorKind::InvalidInput,
              fmt::format("log level must be debug, info, warn or error, not \"{}\"", text));
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "logfmt") return LogFormat::Logfmt;
  if (text == "json") return LogFormat::Json;
  return fail(ErrorKind::InvalidInput, fmt::format("log format must be logfmt or json, not \"{}\"", text));
}

std::string_view to_string(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

Logger::Logger(Options options, const Clock& clock) : Logger(options, clock, write_to_stderr) {}

Logger::Logger(Options options, const Clock& clock, Sink sink)
    : options_(options),
      clock_(clock),
      sink_(std::move(sink)),
      rate_limit_(std::make_unique<RateLimit>(options.lines_per_second)) {}

Logger::~Logger() {
  try {
    close_finished_seconds(true);
  } catch (...) {  // NOLINT(bugprone-empty-catch): a sink that throws has nowhere left to be reported
  }
}

void Logger::write(LogLevel level, std::string_view message, Fields fields, std::string_view subject) {
  if (level < options_.level) return;
  close_finished_seconds(false);
  if (!rate_limit_->admit(level, message, subject, clock_.mono())) {
    ++suppressed_[static_cast<std::size_t>(level)];
    return;
  }
  emit(level, message, fields);
}

void Logger::close_finished_seconds(bool all) {
  for (const auto& told : rate_limit_->take_finished(clock_.mono(), all)) {
    emit(told.level, "lines suppressed", {{"suppressed_msg", told.message}, {"count", told.count}});
  }
}

void Logger::emit(LogLevel level, std::string_view message, Fields fields) {
  ++emitted_[static_cast<std::size_t>(level)];
  const LogEvent event{clock_.wall(), level, message, fields};
  sink_(options_.format == LogFormat::Json ? format_json(event) : format_logfmt(event));
}

}  // namespace picket
