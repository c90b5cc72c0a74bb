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

}  // namespace picket::authd
