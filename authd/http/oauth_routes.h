// What other programs ask: keys and metadata (RFC 7517, 8414), tokens for programs (RFC 6749 4.4),
// introspection (RFC 7662) and revocation (RFC 7009). A program's client id and secret are an API key: its
// public part and the whole.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_oauth_routes(RouteTable& routes);

}  // namespace picket::authd
