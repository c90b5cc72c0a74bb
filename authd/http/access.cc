#include "authd/http/access.h"

#include <algorithm>

namespace picket::authd {
namespace {

bool is_fresh(const Identity& identity, WallTime now, Duration fresh_for) {
  const Duration age = now - identity.proved_at;
  return age < fresh_for && age > -fresh_for;  // a clock that was set back makes nothing fresh
}

RouteVerdict by_permission(const Access& access, const Identity& identity) {
  if (access.permission.empty()) return RouteVerdict::Granted;
  if (reach_of(identity.role, access.permission) == Reach::None) return RouteVerdict::NoPermission;
  return scopes_touch(identity.scopes, access.permission) ? RouteVerdict::Granted : RouteVerdict::NoScope;
}

RouteVerdict of_login(const Access& access, CallerKind caller, const Identity& identity) {
  if (access.session == Access::Login::None) return RouteVerdict::WrongCaller;
  const RouteVerdict verdict = by_permission(access, identity);
  const bool is_stale = access.session == Access::Login::Fresh && caller != CallerKind::FreshSession;
  return verdict == RouteVerdict::Granted && is_stale ? RouteVerdict::ProveAgain : verdict;
}

RouteVerdict of_program(const Access& access, const Identity& identity) {
  switch (access.programs) {
    case Access::Programs::None:
      return RouteVerdict::WrongCaller;
    case Access::Programs::Any:
      return RouteVerdict::Granted;
    case Access::Programs::WithScope:
      break;
  }
  return by_permission(access, identity);
}

RouteVerdict of_known(const Access& access, CallerKind caller, const Identity& identity) {
  switch (caller) {
    case CallerKind::Anonymous:
      return RouteVerdict::LogIn;
    case CallerKind::HalfLogin:
      return access.half_login ? RouteVerdict::Granted : RouteVerdict::SetUpFactor;
    case CallerKind::PasswordDue:
      return access.password_due ? RouteVerdict::Granted : RouteVerdict::ChangePassword;
    case CallerKind::Session:
    case CallerKind::FreshSession:
      return of_login(access, caller, identity);
    case CallerKind::ApiKey:
    case CallerKind::Program:
      break;
  }
  return of_program(access, identity);
}

/// Who is not admitted as what they are comes in as a stranger where strangers do.
std::string cell(const Access& access, bool is_admitted) {
  if (is_admitted) return "yes";
  return access.anonymous ? "as a stranger" : "no";
}

std::string session_cell(const Access& access) {
  if (access.session == Access::Login::Fresh) return "if fresh";
  if (access.session == Access::Login::WithPassword) return "with the password";
  return cell(access, access.session == Access::Login::Any);
}

std::string program_cell(const Access& access) {
  if (access.programs == Access::Programs::WithScope) return fmt::format("scope {}", access.permission);
  return cell(access, access.programs == Access::Programs::Any);
}

}  // namespace

CallerKind caller_of(const std::optional<Identity>& identity, WallTime now, Duration fresh_for) {
  if (!identity) return CallerKind::Anonymous;
  if (identity->via == Via::ApiKey) return CallerKind::ApiKey;
  if (identity->session_id.empty()) return CallerKind::Program;
  if (is_password_due(*identity)) return CallerKind::PasswordDue;
  if (is_half_login(*identity)) return CallerKind::HalfLogin;
  return is_fresh(*identity, now, fresh_for) ? CallerKind::FreshSession : CallerKind::Session;
}

RouteVerdict verdict_of(const Access& access, CallerKind caller, const std::optional<Identity>& identity) {
  if (!identity) return access.anonymous ? RouteVerdict::Granted : RouteVerdict::LogIn;
  const RouteVerdict verdict = of_known(access, caller, *identity);
  return verdict != RouteVerdict::Granted && access.anonymous ? RouteVerdict::AsStranger : verdict;
}

std::vector<std::pair<std::string, std::string>> callers_of(const Access& access) {
  return {{"anonymous", access.anonymous ? "yes" : "no"},
          {"half_login", cell(access, access.half_login)},
          {"password_due", cell(access, access.password_due)},
          {"session", session_cell(access)},
          {"api_key", program_cell(access)},
          {"program_token", program_cell(access)},
          {"identity_token", cell(access, false)}};
}

}  // namespace picket::authd
