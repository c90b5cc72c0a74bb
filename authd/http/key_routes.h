// /api/v1/api-keys: keys of programs, made, listed, counted and revoked.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_key_routes(RouteTable& routes);

}  // namespace picket::authd
