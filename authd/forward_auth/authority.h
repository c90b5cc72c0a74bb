// Scheme, host and port in the one form in which forward-auth compares them: lower case, A-labels, no final
// dot, the port always a number. Used for the original request and for where a redirect leads. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

struct Authority {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< "app.example.org", "192.0.2.1", "::1"
  std::uint16_t port = 0;

  /// "app.example.org", "app.example.org:8443", "[::1]:8443": the usual port is left out.
  std::string text() const;
  std::string origin() const;  ///< scheme://text
  bool operator==(const Authority&) const = default;
};

/// `scheme` in any case, ws and wss stand for http and https; `text` is host[:port]. Denied on credentials,
/// an empty or zero port, and on anything that is no host name or address.
Result<Authority> parse_authority(std::string_view scheme, std::string_view text);

/// A host alone, as above.
Result<std::string> canonical_host(std::string_view text);

}  // namespace picket::authd
