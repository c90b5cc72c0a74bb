// Who takes the lines of a log.
#pragma once

#include <string_view>

#include "exporters/security/records/log_record.h"

namespace picket::security {

class LineSink {
 public:
  virtual ~LineSink() = default;
  /// A line without its newline (and without the carriage return before it), of any bytes, possibly empty.
  /// The view holds during the call.
  virtual void line(std::string_view text, const LineOrigin& origin) = 0;
};

}  // namespace picket::security
