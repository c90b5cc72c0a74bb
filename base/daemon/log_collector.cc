#include "base/daemon/log_collector.h"

#include <array>

namespace picket {
namespace {

constexpr std::array kLevels = {LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error};

}  // namespace

std::unique_ptr<Collection> LogCollector::collect() {
  return collect_once([this](MetricWriter& writer) {
    FamilyWriter& emitted =
        writer.counter(prefix_ + "_log_messages_total", "Log messages emitted.", {"level"});
    for (const LogLevel level : kLevels) {
      emitted.sample({to_string(level)}, static_cast<double>(log_.emitted(level)));
    }
    FamilyWriter& suppressed = writer.counter(prefix_ + "_log_messages_suppressed_total",
                                              "Log messages suppressed by the log rate limit.", {"level"});
    for (const LogLevel level : kLevels) {
      suppressed.sample({to_string(level)}, static_cast<double>(log_.suppressed(level)));
    }
  });
}

}  // namespace picket
