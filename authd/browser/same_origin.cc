#include "authd/browser/same_origin.h"

#include <algorithm>

namespace picket::authd {

std::string_view to_string(OriginFault fault) {
  switch (fault) {
    case OriginFault::None:
      return "none";
    case OriginFault::CrossSite:
      return "cross_site";
    case OriginFault::Foreign:
      return "foreign";
    case OriginFault::Missing:
      return "missing";
  }
  return "missing";
}

OriginFault check_origin(const Request& request, std::span<const std::string> own) {
  const auto sites = request.headers.all("Sec-Fetch-Site");
  const auto origins = request.headers.all("Origin");
  if (sites.size() > 1 || (sites.size() == 1 && sites.front() != "same-origin"))
    return OriginFault::CrossSite;
  const bool is_own = origins.size() == 1 && std::ranges::find(own, origins.front()) != own.end();
  if (!origins.empty() && !is_own) return OriginFault::Foreign;
  // Sec-Fetch-Site is a name that no script can set; each of the two is enough.
  return sites.empty() && origins.empty() ? OriginFault::Missing : OriginFault::None;
}

bool is_safe(Method method) {
  return method == Method::Get || method == Method::Head || method == Method::Options;
}

}  // namespace picket::authd
