#include "authd/sessions/identity.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr std::string_view kPassword = "pwd";
constexpr std::string_view kEnrolment = "factors:enrol";
constexpr std::string_view kPasswordChange = "password:change";

bool has_only(const Identity& identity, std::string_view scope) {
  return identity.scopes.size() == 1 && identity.scopes.front() == scope;
}

}  // namespace

std::string_view to_string(Via via) {
  switch (via) {
    case Via::AccessToken:
      return "access_token";
    case Via::Cookie:
      return "cookie";
    case Via::ApiKey:
      return "api_key";
  }
  return "access_token";
}

bool has_two_factors(const std::vector<std::string>& methods) {
  const auto is_password = [](const std::string& method) { return method == kPassword; };
  return std::ranges::any_of(methods, is_password) && !std::ranges::all_of(methods, is_password);
}

std::vector<std::string> scopes_of(Role role, const std::vector<std::string>& methods, bool password_due) {
  if (password_due) return {std::string(kPasswordChange)};
  if (role >= Role::Admin && !has_two_factors(methods)) return {std::string(kEnrolment)};
  return {"*"};
}

bool is_password_due(const Identity& identity) {
  return has_only(identity, kPasswordChange);
}

bool is_half_login(const Identity& identity) {
  return has_only(identity, kEnrolment);
}

Actor actor_of(const Identity& identity) {
  return {identity.user_id, identity.role, identity.scopes};
}

}  // namespace picket::authd
