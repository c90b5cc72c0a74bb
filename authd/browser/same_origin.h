// Whether a request that changes something comes from our own pages: the guard of cookie mode against forms
// and scripts of other sites, beside the CSRF token. Source: Fetch Metadata (W3C), RFC 6454 7. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/http/message.h"

namespace picket::authd {

enum class OriginFault : std::uint8_t {
  None,
  CrossSite,  ///< Sec-Fetch-Site says so, or is there twice
  Foreign,    ///< Origin is another one, a sibling subdomain too, or "null", or there twice
  Missing     ///< neither field is there: no browser of these years leaves both out of a POST
};
std::string_view to_string(OriginFault fault);  ///< "none", "cross_site", ...: label values

/// `own` holds origins such as "https://auth.example.org", in lower case and without the usual port.
/// "same-origin" alone is ours: "same-site" is a sibling subdomain, "none" is an address typed by hand, which
/// is never a POST.
OriginFault check_origin(const Request& request, std::span<const std::string> own);
inline bool is_same_origin(const Request& request, std::span<const std::string> own) {
  return check_origin(request, own) == OriginFault::None;
}

/// GET, HEAD and OPTIONS change nothing.
bool is_safe(Method method);

}  // namespace picket::authd
