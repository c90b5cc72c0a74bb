// Roles and states of accounts, in ascending power, and who may act on whom. Pure; used by every part of
// authd that decides about people.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

enum class Role : std::uint8_t { Guest, User, Manager, Admin, Owner };
enum class Status : std::uint8_t { Active, Suspended, Locked };

inline constexpr std::array kRoles{Role::Guest, Role::User, Role::Manager, Role::Admin, Role::Owner};
inline constexpr std::array kStatuses{Status::Active, Status::Suspended, Status::Locked};

/// "guest", "user", "manager", "admin", "owner".
std::string_view to_string(Role role);
/// "active", "suspended", "locked".
std::string_view to_string(Status status);
/// Exactly the words above; InvalidInput otherwise.
Result<Role> parse_role(std::string_view text);
Result<Status> parse_status(std::string_view text);

/// An owner may act on everybody; others only on those below them.
bool may_act_on(Role actor, Role target);
/// Nobody raises anyone above his own role.
bool may_grant(Role actor, Role granted);

}  // namespace picket::authd
