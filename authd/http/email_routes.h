// POST /api/v1/auth/email/{link,verify}: a mail address is verified by a link that works once.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_email_routes(Router& router, Front& front);

}  // namespace picket::authd
