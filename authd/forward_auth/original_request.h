// The request that a proxy asks about, in one canonical form, or no request at all: what is missing, there
// twice or ambiguous is Denied, and the proxy must then refuse. Read by forward-auth from nginx, Traefik,
// Caddy and Envoy. Pure. The caller has made sure that the peer is a trusted proxy.
#pragma once

#include <string>
#include <string_view>

#include "authd/forward_auth/authority.h"
#include "base/http/message.h"

namespace picket::authd {

struct OriginalRequest {
  Authority authority;
  std::string method;    ///< "GET"; upper case, also methods that our own server does not know
  std::string path;      ///< canonical_path()
  std::string raw_path;  ///< as it came
  std::string query;     ///< as it came, without the question mark

  std::string url() const;  ///< as it came, on the canonical origin
};

/// nginx: X-Original-URL and X-Original-Method. Traefik and Caddy: X-Forwarded-Proto, -Host, -Uri and
/// -Method. Both X-Original-URL and X-Forwarded-Uri is Denied: one of them is the client's. So is an
/// X-Original-URL whose host or port is not that of X-Forwarded-Host, where that is there.
Result<OriginalRequest> read_original(const Headers& headers);

/// The URL as the proxy sent it, whatever is wrong with it. Lives as long as the request.
std::string_view sent_url(const Request& request);

/// Envoy's ext_authz over HTTP: the request itself with `prefix` before its path, and X-Forwarded-Proto. Only
/// here is the Host of the question that of the application; X-Forwarded-Host, where it is there, must agree.
Result<OriginalRequest> read_envoy(const Request& request, std::string_view prefix);

}  // namespace picket::authd
