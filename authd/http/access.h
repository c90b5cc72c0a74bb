// Who may call a route. Every route declares it in its table (route_table.h), Front enforces it before the
// action runs, and the OpenAPI document and docs/security.md show it. What is not declared is for nobody.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authd/sessions/identity.h"

namespace picket::authd {

/// Kinds of callers. An identity token (X-Picket-Identity) is no credential here: its bearer is anonymous.
enum class CallerKind : std::uint8_t {
  Anonymous,
  HalfLogin,     ///< the role needs a second factor, and none is set up
  PasswordDue,   ///< an administrator asked for another password
  Session,       ///< a whole login
  FreshSession,  ///< a whole login whose person proved themselves a moment ago
  ApiKey,
  Program  ///< a token of client_credentials
};

struct Access {
  enum class Login : std::uint8_t {
    None,
    Any,
    WithPassword,  ///< for documents: the action itself asks for the password before it does anything
    Fresh          ///< the password or a code was shown within `sessions.fresh`
  };
  enum class Programs : std::uint8_t { None, WithScope, Any };

  bool anonymous = false;
  bool half_login = false;
  bool password_due = false;
  Login session = Login::None;
  Programs programs = Programs::None;  ///< API keys and program tokens
  /// Of rbac: the role must have it, at least for one's own things, and programs need its scope.
  std::string_view permission{};
};

/// Whoever it is, they act as a stranger.
constexpr Access for_anyone() {
  return {.anonymous = true};
}
/// People who are logged in, if not wholly: they log out.
constexpr Access for_any_login() {
  return {.half_login = true, .password_due = true, .session = Access::Login::Any};
}
constexpr Access for_anyone_or_login() {
  return {.anonymous = true, .half_login = true, .password_due = true, .session = Access::Login::Any};
}
constexpr Access for_session(std::string_view permission = "", Access::Login login = Access::Login::Any) {
  return {.session = login, .permission = permission};
}
constexpr Access for_fresh_session(std::string_view permission = "") {
  return for_session(permission, Access::Login::Fresh);
}
/// People, and programs that have the scope.
constexpr Access for_session_or_program(std::string_view permission,
                                        Access::Login login = Access::Login::Any) {
  return {.session = login, .programs = Access::Programs::WithScope, .permission = permission};
}
constexpr Access for_fresh_session_or_program(std::string_view permission) {
  return for_session_or_program(permission, Access::Login::Fresh);
}
/// Begins to set up a second factor.
constexpr Access for_enrolment() {
  return {.half_login = true, .session = Access::Login::WithPassword, .permission = "factors:enrol"};
}
/// Ends it, by the new factor's first code.
constexpr Access for_enrolment_code() {
  return {.half_login = true, .session = Access::Login::Any, .permission = "factors:enrol"};
}
constexpr Access for_password_change() {
  return {.password_due = true, .session = Access::Login::WithPassword};
}

enum class RouteVerdict : std::uint8_t {
  Granted,
  AsStranger,      ///< the route is for everybody, and not for what they are
  LogIn,           ///< 401
  SetUpFactor,     ///< 403
  ChangePassword,  ///< 403
  ProveAgain,      ///< 403: their last proof is too old
  WrongCaller,     ///< 403: no session
  NoPermission,    ///< 403: by the role
  NoScope          ///< 403
};

/// `fresh_for`: how long a proof is fresh.
CallerKind caller_of(const std::optional<Identity>& identity, WallTime now, Duration fresh_for);
/// `identity` is the caller's; nothing for Anonymous.
RouteVerdict verdict_of(const Access& access, CallerKind caller, const std::optional<Identity>& identity);

/// For documents: each kind of caller, and "yes", "no", "as a stranger", "if fresh", "with the
/// password" or "scope NAME".
std::vector<std::pair<std::string, std::string>> callers_of(const Access& access);

}  // namespace picket::authd
