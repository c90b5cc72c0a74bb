#include "authd/rbac/permissions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace picket::authd {
namespace {

TEST(Permissions, AreSortedWellFormedAndNeverWiderForOthersThanForOneself) {
  EXPECT_TRUE(std::ranges::is_sorted(permissions(), {}, &Permission::name));
  for (const Permission& permission : permissions()) {
    EXPECT_TRUE(is_scope(permission.name)) << permission.name;
    EXPECT_LE(permission.own, permission.all) << permission.name;
  }
}

TEST(Permissions, GrowWithTheRole) {
  for (const Permission& permission : permissions()) {
    for (std::size_t i = 1; i < kRoles.size(); ++i) {
      EXPECT_LE(reach_of(kRoles[i - 1], permission.name), reach_of(kRoles[i], permission.name))
          << permission.name;
    }
    EXPECT_EQ(reach_of(Role::Owner, permission.name), Reach::All) << permission.name;
  }
  EXPECT_EQ(reach_of(Role::Owner, "users:become"), Reach::None);
  EXPECT_EQ(reach_of(Role::Owner, ""), Reach::None);
}

struct PermissionRow {
  std::string_view name;
  Actor actor;
  std::string_view permission;
  Target target;
  bool allowed;
};

TEST(Authorize, LooksAtRoleOwnerAndScopes) {
  const Actor user{"u1", Role::User, {"*"}};
  const Actor manager{"m1", Role::Manager, {"*"}};
  const Actor admin{"a1", Role::Admin, {"*"}};
  const auto key = [](Role role, std::vector<std::string> scopes) {
    return Actor{"k1", role, std::move(scopes)};
  };
  const std::vector<PermissionRow> rows{
      {"a user reads his own session", user, "sessions:read", {"s1", "u1"}, true},
      {"a user reads another's session", user, "sessions:read", {"s2", "u2"}, false},
      {"a user lists all sessions", user, "sessions:read", {"", ""}, false},
      {"nobody's thing is no one's own", Actor{"", Role::User, {"*"}}, "sessions:read", {"", ""}, false},
      {"an admin revokes another's session", admin, "sessions:revoke", {"s1", "u1", Role::User}, true},
      {"an admin revokes the owner's session", admin, "sessions:revoke", {"s1", "o1", Role::Owner}, false},
      {"an admin revokes another admin's key", admin, "api_keys:revoke", {"k", "a2", Role::Admin}, false},
      {"an admin revokes a key of nobody knows whom", admin, "api_keys:revoke", {"k", "u1", {}}, false},
      {"an admin reads the owner's sessions", admin, "sessions:read", {"", "o1"}, true},
      {"an admin revokes his own session", admin, "sessions:revoke", {"s1", "a1", Role::Admin}, true},
      {"an admin resets his own factors", admin, "factors:reset", {"a1", "a1", Role::Admin}, false},
      {"an admin resets the owner's factors", admin, "factors:reset", {"o1", "o1", Role::Owner}, false},
      {"a manager lists users", manager, "users:list", {"", ""}, true},
      {"a manager suspends", manager, "users:suspend", {"u1", "u1"}, false},
      {"an admin rotates signing keys", admin, "keys:rotate", {"", ""}, false},
      {"a permission that does not exist", admin, "users:become", {"u1", "u1"}, false},
      {"a key without scopes", key(Role::Admin, {}), "users:read", {"u1", "u1"}, false},
      {"a key with the scope", key(Role::Admin, {"users:read"}), "users:read", {"u1", "u1"}, true},
      {"a key with another action", key(Role::Admin, {"users:read"}), "users:update", {"u1", "u1"}, false},
      {"a key for the resource",
       key(Role::Admin, {"users:*"}),
       "users:update",
       {"u1", "u1", Role::User},
       true},
      {"not a prefix of another resource", key(Role::Admin, {"user:*"}), "users:read", {"", ""}, false},
      {"a key for this one", key(Role::Admin, {"users:read/u1"}), "users:read", {"u1", "u1"}, true},
      {"a key for that one", key(Role::Admin, {"users:read/u2"}), "users:read", {"u1", "u1"}, false},
      {"a key for one does not list", key(Role::Admin, {"users:read/u1"}), "users:read", {"", ""}, false},
      {"a scope adds nothing to a role", key(Role::User, {"*"}), "users:suspend", {"u1", "u1"}, false},
  };
  for (const PermissionRow& row : rows) {
    const auto allowed = authorize(row.actor, row.permission, row.target);
    EXPECT_EQ(allowed.has_value(), row.allowed) << row.name;
    if (!allowed) {
      EXPECT_EQ(allowed.error().kind, ErrorKind::Denied) << row.name;
    }
  }
}

// What is not in the table of reads acts on somebody: a new permission must say so.
TEST(Authorize, NobodyActsUpwardsWhateverThePermission) {
  const Actor admin{"a1", Role::Admin, {"*"}};
  const Actor owner{"o1", Role::Owner, {"*"}};
  for (const Permission& permission : permissions()) {
    const std::string_view action = permission.name.substr(permission.name.find(':') + 1);
    constexpr std::array kActs{"activate", "delete",  "reset",  "reset_password", "revoke",
                               "role",     "suspend", "unlock", "update"};
    const bool is_act =
        std::ranges::find(kActs, action) != kActs.end() && !permission.name.starts_with("blocks");
    if (!is_act) continue;
    EXPECT_NE(permission.rank, Rank::Any) << permission.name;
    EXPECT_FALSE(authorize(admin, permission.name, {"x", "o1", Role::Owner})) << permission.name;
    EXPECT_FALSE(authorize(admin, permission.name, {"x", "a2", Role::Admin})) << permission.name;
    EXPECT_FALSE(authorize(admin, permission.name, {"x", "o1"})) << permission.name << ": of unknown rank";
    EXPECT_TRUE(authorize(owner, permission.name, {"x", "o2", Role::Owner})) << permission.name;
  }
}

TEST(Scope, HasOneGrammar) {
  for (const std::string_view good :
       {"*", "users:*", "users:read", "users:read/019b8e5c-3c00", "api_keys:read"}) {
    EXPECT_TRUE(is_scope(good)) << good;
  }
  for (const std::string_view bad : {"", "users", ":read", "users:", "users:re*", "*:read", "users:read/",
                                     "users:read/a b", "users:read/*", "Users:read", "users:read/a/b"}) {
    EXPECT_FALSE(is_scope(bad)) << bad;
  }
}

}  // namespace
}  // namespace picket::authd
