// One's own phone number: a code is sent to it, and verifies it. It is set by PATCH /api/v1/users/me.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_phone_routes(RouteTable& routes);

}  // namespace picket::authd
