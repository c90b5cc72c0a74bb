// What all formats do with a line before they look into it.
#pragma once

#include <string_view>

#include "exporters/security/formats/line_parser.h"

namespace picket::security {

class FramedParser : public LineParser {
 public:
  ParseResult parse(std::string_view line, WallTime read_at, LogRecord& out) final;

 private:
  /// `line` is not empty; `out` is a new record.
  virtual ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) = 0;
};

}  // namespace picket::security
