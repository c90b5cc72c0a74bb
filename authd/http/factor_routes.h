// /api/v1/auth/2fa/*: the second step of a login, and one's own second factors.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_factor_routes(RouteTable& routes);

}  // namespace picket::authd
