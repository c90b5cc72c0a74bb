// Refusals of the API as RFC 9457 problems. What a stranger may learn is decided here: of a login that
// failed, of a token that is not believed, nothing but that. Pure.
#pragma once

#include <chrono>
#include <string_view>

#include "base/http/message.h"
#include "base/result/result.h"

namespace picket::authd {

/// 401. `challenge` is the WWW-Authenticate field (RFC 6750 3).
Response unauthorized(std::string_view challenge = R"(Bearer realm="picket")");
/// 401, the same for a wrong, unknown, locked, suspended or spent thing.
Response login_failed();
Response forbidden(std::string_view detail);
Response bad_request(std::string_view detail);
Response not_found(std::string_view what);
Response busy(std::chrono::seconds retry_after);
/// By kind: InvalidInput 400, Denied 403, NotFound 404, Conflict 409, Limited 429, the rest 503 without its
/// message, which is for the log.
Response problem_of(const Error& error);
/// Of an error of kind Limited: as long as it says, or a minute.
void set_retry_after(const Error& error, Headers& headers);

/// JSON that no cache may keep (RFC 6749 5.1).
Response private_json(int status, std::string body);

}  // namespace picket::authd
