// <prefix>_log_messages_total and <prefix>_log_messages_suppressed_total from the logger's own counts.
#pragma once

#include <string>

#include "base/log/logger.h"
#include "base/metrics/collector.h"

namespace picket {

class LogCollector final : public Collector {
 public:
  LogCollector(std::string prefix, const Logger& log) : prefix_(std::move(prefix)), log_(log) {}
  std::string_view name() const override { return "log"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const std::string prefix_;
  const Logger& log_;
};

}  // namespace picket
