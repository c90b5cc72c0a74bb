// User names as RFC 8265 UsernameCaseMapped has them, narrowed: one account has one key however the name is
// typed. Stores keep both texts, UNIQUE on `key`; limits, locks and look-ups use `key` alone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

struct CanonicalName {
  std::string raw;  ///< as typed, to be shown
  std::string key;  ///< width and case mapped, NFC; its own key
  bool operator==(const CanonicalName&) const = default;
};

inline constexpr std::size_t kUsernameLengthMax = 64;  ///< code points of the key

/// InvalidInput, with a reason for people, unless the key is 1 to 64 letters, digits and printable ASCII
/// (PRECIS IdentifierClass). Beyond the RFC it refuses: '@' (names and mail addresses never meet), ':' (ends
/// the name in HTTP Basic), join controls, a leading mark, and what UTS 39 calls confusable: scripts mixed
/// beyond "highly restrictive", hidden marks, and names that look like an ASCII one without being it.
Result<CanonicalName> canonical_username(std::string_view typed);

/// The same for a name that is given now, to an account that is made, imported or renamed: apps put it into
/// pages, paths and queries, so it also needs a letter or digit, and of ASCII punctuation it may hold - _ . '
/// + ! ~ alone. Accounts of earlier versions keep what they have.
Result<CanonicalName> new_username(std::string_view typed);

/// False for a name that new_username() would refuse for being dots or markup. Takes nanoseconds.
bool is_plain_username(std::string_view name);

}  // namespace picket::authd
