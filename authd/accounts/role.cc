#include "authd/accounts/role.h"

namespace picket::authd {
namespace {

template <class Value, std::size_t Size>
Result<Value> parse_one_of(const std::array<Value, Size>& values, std::string_view text,
                           std::string_view what) {
  for (const Value value : values) {
    if (text == to_string(value)) return value;
  }
  return fail(ErrorKind::InvalidInput, fmt::format("no such {}", what));
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::Guest:
      return "guest";
    case Role::User:
      return "user";
    case Role::Manager:
      return "manager";
    case Role::Admin:
      return "admin";
    case Role::Owner:
      return "owner";
  }
  return "guest";
}

std::string_view to_string(Status status) {
  switch (status) {
    case Status::Active:
      return "active";
    case Status::Suspended:
      return "suspended";
    case Status::Locked:
      return "locked";
  }
  return "locked";
}

Result<Role> parse_role(std::string_view text) {
  return parse_one_of(kRoles, text, "role");
}

Result<Status> parse_status(std::string_view text) {
  return parse_one_of(kStatuses, text, "status");
}

bool may_act_on(Role actor, Role target) {
  return actor == Role::Owner || actor > target;
}

bool may_grant(Role actor, Role granted) {
  return granted <= actor;
}

}  // namespace picket::authd
