// /api/v1/users/{id}/limits: limits of the tiers for one person, instead of those of the configuration.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_user_limit_routes(RouteTable& routes);

}  // namespace picket::authd
