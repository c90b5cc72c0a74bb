// Mail addresses of accounts: syntax (RFC 5321 4.1.2 without quoted local parts and address literals), domain
// by UTS 46, one key per mailbox. Pure. Whether the mailbox is the user's is for a mailed code to show.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

struct CanonicalEmail {
  std::string address;  ///< where to deliver: local part as typed, domain lower-cased and in punycode
  std::string key;      ///< the same with the local part in lower case: UNIQUE, limits, look-ups
  bool operator==(const CanonicalEmail&) const = default;
};

/// InvalidInput, with a reason for people. Limits: 64 octets before the @, 253 of domain, 254 together. Local
/// parts are ASCII: others need SMTPUTF8, which few servers speak, and invite look-alikes.
Result<CanonicalEmail> canonical_email(std::string_view typed);

/// "alice" of "alice+lists@example.org": what passwords must not repeat.
std::string_view mail_local_part(std::string_view address);

}  // namespace picket::authd
