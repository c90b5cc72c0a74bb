// /api/v1/api-keys: keys of programs, made, listed, counted and revoked.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_key_routes(Router& router, Front& front);

}  // namespace picket::authd
