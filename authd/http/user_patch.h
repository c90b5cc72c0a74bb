// PATCH /api/v1/users/{id}: fields of an account. Another's asks for a fresh proof of the person. Whoever
// changes his own mail address or number shows his password again (ASVS 7.5.1), the old mailbox hears of it,
// and the new one is mailed a link that verifies it.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

Response patch_user(const HttpParts& parts, Visit& visit);

}  // namespace picket::authd
