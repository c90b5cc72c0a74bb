// /api/v1/users/{id}/limits: limits of the tiers for one person, instead of those of the configuration.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_user_limit_routes(Router& router, Front& front);

}  // namespace picket::authd
