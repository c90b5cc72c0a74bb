// /api/v1/audit: the audit log, read, exported as JSON lines, and checked.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_audit_routes(Router& router, Front& front);

}  // namespace picket::authd
