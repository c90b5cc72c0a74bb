// What the API of logins and sessions answers, as JSON. Times are RFC 3339.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "authd/accounts/factors.h"
#include "authd/login/login.h"
#include "authd/sessions/identity.h"

namespace picket::authd {

/// {"access_token","token_type","expires_in","refresh_token"}; "status":"enrolment_required" when the role
/// wants a second factor that is not there; "device_token" when the device was to be remembered.
nlohmann::json grant_object(const LoggedIn& login);
std::string grant_json(const LoggedIn& login);
/// {"status":"ok","csrf_token"}: in cookie mode no token is in the body.
nlohmann::json cookie_grant_object(const LoggedIn& login);
std::string cookie_grant_json(const LoggedIn& login);
/// {"status":"second_factor_required","challenge","methods","expires_in"}
std::string challenge_json(const SecondFactorRequired& required, WallTime now);
/// {"sessions":[{"id","created_at","last_seen_at","expires_at","ip","user_agent","methods","current"}]}
std::string sessions_json(const std::vector<Session>& sessions, const std::string& current_id);
std::string devices_json(const std::vector<Device>& devices);
/// The identity and what it may do.
std::string me_json(const Identity& identity, const User& user, const SecondFactors& factors,
                    const std::string& csrf);
std::string factors_json(const SecondFactors& factors, std::size_t backup_codes_left);

}  // namespace picket::authd
