// /api/v1/auth/2fa/*: the second step of a login, and one's own second factors.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_factor_routes(Router& router, Front& front);

}  // namespace picket::authd
