// The account behind a request, as it is now: for actions that everybody may do to their own.
#pragma once

#include "authd/http/visit.h"

namespace picket::authd {

/// NotFound when it is gone meanwhile.
Result<User> account_of(const HttpParts& parts, const Visit& visit);

}  // namespace picket::authd
