#include "authd/tokens/token_fault.h"

namespace picket::authd {

std::string_view to_string(TokenFault fault) {
  constexpr std::array<std::string_view, kTokenFaults.size()> kNames{
      "too_long", "malformed", "header", "algorithm", "unknown_key", "signature",
      "type",     "claims",    "issuer", "audience",  "expired",     "not_yet"};
  return kNames.at(static_cast<std::size_t>(fault));
}

}  // namespace picket::authd
