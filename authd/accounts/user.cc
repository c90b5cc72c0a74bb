#include "authd/accounts/user.h"

namespace picket::authd {
namespace {

Result<void> check_own_change(const User& before, const User& after) {
  if (after.role > before.role) return fail(ErrorKind::Denied, "nobody raises his own role");
  if (after.status != before.status) return fail(ErrorKind::Denied, "nobody changes his own status");
  return {};
}

}  // namespace

Result<void> check_change(const User& actor, const User& before, const User& after) {
  check(before.id == after.id, "a change keeps the id");
  if (actor.id == before.id) return check_own_change(before, after);
  if (!may_act_on(actor.role, before.role)) {
    return fail(ErrorKind::Denied, fmt::format("{} may not change a user of role {}", to_string(actor.role),
                                               to_string(before.role)));
  }
  if (after.role != before.role && !may_grant(actor.role, after.role)) {
    return fail(ErrorKind::Denied,
                fmt::format("{} may not give the role {}", to_string(actor.role), to_string(after.role)));
  }
  return {};
}

bool ends_grants(const User& before, const User& after) {
  return before.role != after.role || before.status != after.status ||
         before.password_hash != after.password_hash ||
         (after.must_change_password && !before.must_change_password);
}

}  // namespace picket::authd
