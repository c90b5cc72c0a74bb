// /api/v1/audit: the audit log, read, exported as JSON lines, and checked.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_audit_routes(RouteTable& routes);

}  // namespace picket::authd
