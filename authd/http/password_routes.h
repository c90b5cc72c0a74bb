// /api/v1/auth/password*: one's own password, changed, forgotten, or chosen first.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_password_routes(Router& router, Front& front);

}  // namespace picket::authd
