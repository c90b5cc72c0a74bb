// One address of a mail: "Picket <alerts@example.org>" or "alerts@example.org" (RFC 5322 3.4, without groups,
// comments and quoted local parts).
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

struct Mailbox {
  std::string name;     ///< UTF-8, without quotes, or ""
  std::string address;  ///< local@domain
};

/// InvalidInput for line breaks, invalid UTF-8, no or several "@", or more than 254 octets of address.
Result<Mailbox> parse_mailbox(std::string_view text);

}  // namespace picket
