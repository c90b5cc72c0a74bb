// /api/v1/auth/password*: one's own password, changed, forgotten, or chosen first.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_password_routes(RouteTable& routes);

}  // namespace picket::authd
