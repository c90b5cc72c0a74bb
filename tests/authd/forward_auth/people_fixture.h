// Identities for the tests of forward-auth: whole logins, half ones, API keys.
// Used by tests alone.
#pragma once

#include <string>
#include <vector>

#include "authd/sessions/identity.h"

namespace picket::authd {

/// A login with both factors.
inline Identity person(Role role, std::string name = "alice") {
  Identity identity;
  identity.user_id = "id-of-" + name;
  identity.username = std::move(name);
  identity.role = role;
  identity.session_id = "s-1";
  identity.methods = {"pwd", "otp"};
  identity.scopes = {"*"};
  identity.via = Via::Cookie;
  return identity;
}
/// A login with a password alone, as scopes_of() narrows it.
inline Identity half(Role role, std::string name = "alice") {
  Identity identity = person(role, std::move(name));
  identity.methods = {"pwd"};
  identity.scopes = scopes_of(role, identity.methods, false);
  return identity;
}
inline Identity api_key(std::vector<std::string> scopes, Role role = Role::User) {
  Identity identity = person(role);
  identity.session_id = "";
  identity.key_id = "k-1";
  identity.methods = {};
  identity.scopes = std::move(scopes);
  identity.via = Via::ApiKey;
  return identity;
}

}  // namespace picket::authd
