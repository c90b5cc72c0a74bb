// Who may change whom: rows 47 and 48 of the attack table, as far as roles go.
#include <gtest/gtest.h>

#include <functional>

#include "authd/accounts/user.h"

namespace picket::authd {
namespace {

User user(const std::string& id, Role role) {
  User made;
  made.id = id;
  made.role = role;
  made.password_hash = "$argon2id$...";
  return made;
}

TEST(Role, IsReadOnlyFromItsExactWord) {
  for (const Role role : kRoles) EXPECT_EQ(parse_role(to_string(role)).value(), role);
  for (const Status status : kStatuses) EXPECT_EQ(parse_status(to_string(status)).value(), status);
  for (const std::string_view text : {"", "Owner", "root", "owner ", "3", "admin\n"}) {
    EXPECT_FALSE(parse_role(text)) << text;
    EXPECT_FALSE(parse_status(text)) << text;
  }
}

struct RoleChange {
  std::string_view name;
  Role actor, target, granted;
  bool allowed;
};

TEST(CheckChange, LetsNobodyActUpwardsOrSideways) {
  const std::vector<RoleChange> rows{
      {"an admin makes a user a manager", Role::Admin, Role::User, Role::Manager, true},
      {"an admin makes a user an admin", Role::Admin, Role::User, Role::Admin, true},
      {"an admin makes a user an owner", Role::Admin, Role::User, Role::Owner, false},
      {"an admin demotes an admin", Role::Admin, Role::Admin, Role::User, false},
      {"an admin demotes an owner", Role::Admin, Role::Owner, Role::User, false},
      {"a manager demotes a user", Role::Manager, Role::User, Role::Guest, true},
      {"a manager raises a user above himself", Role::Manager, Role::User, Role::Admin, false},
      {"a manager changes an admin", Role::Manager, Role::Admin, Role::Admin, false},
      {"a user changes a user", Role::User, Role::User, Role::User, false},
      {"a guest changes a guest", Role::Guest, Role::Guest, Role::Guest, false},
      {"an owner makes an owner", Role::Owner, Role::User, Role::Owner, true},
      {"an owner demotes an owner", Role::Owner, Role::Owner, Role::User, true},
  };
  for (const RoleChange& row : rows) {
    const User before = user("target", row.target);
    User after = before;
    after.role = row.granted;
    const auto checked = check_change(user("actor", row.actor), before, after);
    EXPECT_EQ(checked.has_value(), row.allowed) << row.name;
    if (!checked) {
      EXPECT_EQ(checked.error().kind, ErrorKind::Denied) << row.name;
    }
  }
}

TEST(CheckChange, LetsNobodyRaiseOrReviveHimself) {
  for (const Role role : kRoles) {
    const User self = user("self", role);
    User raised = self;
    raised.role = Role::Owner;
    EXPECT_EQ(check_change(self, self, raised).has_value(), role == Role::Owner) << to_string(role);
    User suspended = self;
    suspended.status = Status::Suspended;
    EXPECT_FALSE(check_change(self, suspended, self)) << to_string(role);
    User renamed = self;
    renamed.email = "new@example.org";
    EXPECT_TRUE(check_change(self, self, renamed)) << to_string(role);
  }
}

TEST(CheckChange, LetsAnOwnerStepDown) {
  const User self = user("self", Role::Owner);
  User lower = self;
  lower.role = Role::User;
  EXPECT_TRUE(check_change(self, self, lower));
}

struct EndingChange {
  std::string_view name;
  std::function<void(User&)> change;
  bool ends;
};

TEST(EndsGrants, IsTrueForWhatWasGrantedOnOtherTerms) {
  const std::vector<EndingChange> rows{
      {"role", [](User& u) { u.role = Role::Admin; }, true},
      {"status", [](User& u) { u.status = Status::Suspended; }, true},
      {"password", [](User& u) { u.password_hash = "$2b$12$..."; }, true},
      {"email", [](User& u) { u.email = "x@example.org"; }, false},
      {"phone", [](User& u) { u.phone = "+14155550100"; }, false},
      {"nothing", [](User&) {}, false},
  };
  for (const EndingChange& row : rows) {
    const User before = user("u", Role::User);
    User after = before;
    row.change(after);
    EXPECT_EQ(ends_grants(before, after), row.ends) << row.name;
  }
}

}  // namespace
}  // namespace picket::authd
