// Who a request speaks for, once a token, a cookie or an API key was believed. Made by IdentityCheck; used by
// forward-auth, the API and the pages. Values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "authd/accounts/role.h"
#include "authd/rbac/permissions.h"
#include "base/time/clock.h"

namespace picket::authd {

enum class Via : std::uint8_t { AccessToken, Cookie, ApiKey };
std::string_view to_string(Via via);  ///< "access_token", "cookie", "api_key": label values too

struct Identity {
  std::string user_id{};
  std::string username{};  ///< to be shown: Remote-User
  Role role = Role::Guest;
  std::string session_id{};            ///< "" for API keys and programs
  std::vector<std::string> methods{};  ///< amr (RFC 8176): "pwd", "otp", ...
  std::vector<std::string> scopes{};   ///< {"*"} for a person's whole login
  std::string tier{};                  ///< of an API key: the rate limit it asks for
  std::string key_id{};                ///< of an API key
  std::string token_id{};              ///< of an access token: its jti
  std::string client_id{};             ///< of an access token; of a program: the id of its API key
  Via via = Via::AccessToken;
  WallTime expires_at{};
  WallTime proved_at{};  ///< when the person last showed a password or a code; zero for programs
};

/// A password and something else, both shown in this session.
bool has_two_factors(const std::vector<std::string>& methods);
/// What a login grants: {"password:change"} while another password is due; {"factors:enrol"} for roles that
/// must show two factors (admin, owner) and have shown one; {"*"} for everybody else.
std::vector<std::string> scopes_of(Role role, const std::vector<std::string>& methods, bool password_due);
bool is_password_due(const Identity& identity);
/// Of a person: the second factor is to be set up first.
bool is_half_login(const Identity& identity);
Actor actor_of(const Identity& identity);

}  // namespace picket::authd
