// POST /api/v1/auth/email/{link,verify}: a mail address is verified by a link that works once.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_email_routes(RouteTable& routes);

}  // namespace picket::authd
