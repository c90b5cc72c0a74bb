// One address of a mail: "Picket <alerts@example.org>" or "alerts@example.org" (RFC 5322 3.4, without groups,
// comments and quoted local parts).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket {

struct Mailbox {
  std::string name;     ///< UTF-8, without quotes, or ""
  std::string address;  ///< local@domain, the domain in A-labels (xn--...); the local part may be UTF-8
  /// The local part is not ASCII: only a server with SMTPUTF8 (RFC 6531) takes it.
  bool needs_smtputf8() const;
};

/// InvalidInput for line breaks, invalid UTF-8, no or several "@", a domain that is none, or more than 254
/// octets of address.
Result<Mailbox> parse_mailbox(std::string_view text);

/// The mailboxes of a list (RFC 5322 3.4), as they are written and without empty ones: `"Ops, Team" <a@b>,
/// c@d` has two. A comma in quotes or in angle brackets separates nothing. Whether they are mailboxes,
/// parse_mailbox() says.
std::vector<std::string> split_mailboxes(std::string_view list);

}  // namespace picket
