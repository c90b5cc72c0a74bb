// POST /api/v1/auth/{login,refresh,logout,logout-all}, GET me, sessions and devices: everything a person does
// with his own login.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_auth_routes(RouteTable& routes);

/// "token" (or ""), "cookie".
Result<SessionMode> session_mode_of(const std::string& word);
/// Of a login that may have ended in any way: tokens or cookies, a challenge, or a refusal.
Response answer_login(const HttpParts& parts, const Visit& visit, const LoginOutcome& outcome,
                      SessionMode mode);

}  // namespace picket::authd
