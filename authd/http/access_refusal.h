// What a caller hears whom a route does not admit: a problem (RFC 9457) that says what is missing, or, on
// pages, the way to what is missing.
#pragma once

#include "authd/http/access.h"
#include "authd/http/visit.h"

namespace picket::authd {

/// The `type` of the problems.
inline constexpr std::string_view kWrongCallerType = "urn:picket:problem:caller-not-allowed";
inline constexpr std::string_view kReauthenticateType = "urn:picket:problem:reauthentication-required";

/// Pages are for people and their browsers.
bool is_page(const Request& request);
/// Of every verdict but Granted and AsStranger.
Response refusal_of(RouteVerdict verdict, const Access& access, const Visit& visit);

}  // namespace picket::authd
