// /api/v1/blocks and /api/v1/ratelimit: blocked networks, by hand or by an alert (Alertmanager's webhook),
// and the limits for other services to ask.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_guard_routes(RouteTable& routes);

}  // namespace picket::authd
