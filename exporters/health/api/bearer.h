// Bearer tokens of the write side of the API.
#pragma once

#include <initializer_list>
#include <optional>

#include "base/config/secret.h"
#include "base/http/message.h"

namespace picket::health {

/// Nothing when the request carries one of the tokens, else the refusal: 401, or 403 when no token is
/// configured at all. Takes the same time whichever token is wrong, and where.
std::optional<Response> refuse_without(std::initializer_list<const Secret*> tokens, const Request& request);

}  // namespace picket::health
