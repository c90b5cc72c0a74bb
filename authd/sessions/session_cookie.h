// The cookie that names a session and the token that its forms carry. Both are MACs by the session's family
// key, so that nothing in the database is one of them and both end with the session. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authd/accounts/session.h"

namespace picket::authd {

/// "psc_" and base64url(family id, HMAC-SHA-256).
Secret session_cookie(const Session& session);
/// The session of a cookie, by its form: fit for SessionStore::find_by_family. The MAC is for whoever has the
/// session's key.
std::optional<std::string> cookie_family(std::string_view cookie);
bool cookie_matches(std::string_view cookie, const Session& session);
Secret csrf_token(const Session& session);

}  // namespace picket::authd
