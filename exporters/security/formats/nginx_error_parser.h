// nginx's error log: what its limits refused, whom its access rules and its passwords kept out. The rest is Other.
// nginx writes what clients sent into it without escapes (a user name of HTTP Basic can hold a newline), so that
// every client in it is claimed, and one that is named twice is left out.
#pragma once

#include <memory>
#include <string_view>

#include "exporters/security/formats/format_config.h"
#include "exporters/security/formats/framed_parser.h"
#include "exporters/security/formats/log_time.h"

namespace picket::security {

class NginxErrorParser final : public FramedParser {
 public:
  explicit NginxErrorParser(const FormatConfig& config) : times_(config.time_zone) {}

 private:
  ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) override;

  LocalTimes times_;
};

}  // namespace picket::security
