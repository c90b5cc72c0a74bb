// authd's own log, logfmt or JSON: what its audit file does not tell. "too many failures" is a RateLimit record of its
// tier; "login locked" and "network blocked" are Account records (kLockAction, kBlockAction). Refused logins are
// in the audit file, so that they are Other here.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/security/formats/framed_parser.h"
#include "exporters/security/formats/text_arena.h"

namespace picket::security {

class AuthdLogParser final : public FramedParser {
 public:
  struct Line {
    std::string ts, msg, client, tier, scope, account, reason;
  };

 private:
  ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) override;

  Line line_;
};

}  // namespace picket::security
