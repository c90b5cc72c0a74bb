// Rows 47 (mass assignment) and 48 (masked fields written back) of the attack table.
#include "authd/rbac/user_view.h"

#include <gtest/gtest.h>

#include "base/text/strings.h"

namespace picket::authd {
namespace {

User alice() {
  User user;
  user.id = "u1";
  user.username = "Alice";
  user.username_key = "alice";
  user.email = "alice@example.org";
  user.email_key = "alice@example.org";
  user.email_verified = true;
  user.phone = "+14155550100";
  user.phone_verified = true;
  user.password_hash = "$argon2id$secret";
  user.epoch = 7;
  return user;
}

Canonical canonical() {
  const auto name = [](const std::string& typed) -> Result<CanonicalText> {
    if (typed.empty()) return fail(ErrorKind::InvalidInput, "is empty");
    return CanonicalText{typed, to_lower(typed)};
  };
  return {name, name, [](const std::string& typed) -> Result<std::string> {
            if (!typed.starts_with('+')) return fail(ErrorKind::InvalidInput, "is no number");
            return typed;
          }};
}

Actor self() {
  return {"u1", Role::User, {"*"}};
}
Actor other(Role role) {
  return {"x1", role, {"*"}};
}

std::string text_in(const UserView& view, const std::string& name) {
  const auto found = view.find(name);
  return found == view.end() ? "hidden" : std::get<std::string>(found->second);
}

TEST(View, ShowsPersonalFieldsClearMaskedOrNotAtAll) {
  struct Row {
    std::string_view name;
    Actor actor;
    std::string email, phone;
  };
  const std::vector<Row> rows{
      {"oneself", self(), "alice@example.org", "+14155550100"},
      {"another user", other(Role::User), "hidden", "hidden"},
      {"a manager", other(Role::Manager), "a***@e***.org", "+1******00"},
      {"an admin", other(Role::Admin), "alice@example.org", "+14155550100"},
  };
  for (const Row& row : rows) {
    const UserView view = view_of(alice(), row.actor);
    EXPECT_EQ(text_in(view, "email"), row.email) << row.name;
    EXPECT_EQ(text_in(view, "phone"), row.phone) << row.name;
  }
}

TEST(View, NeverHoldsASecret) {
  for (const Role role : kRoles) {
    for (const auto& [name, value] : view_of(alice(), other(role))) {
      EXPECT_NE(value, FieldValue(std::string("$argon2id$secret"))) << name;
      EXPECT_NE(find_field(name), nullptr) << name;
    }
  }
  for (const std::string_view name :
       {"password", "password_hash", "totp_secret", "epoch", "version", "username_key"})
    EXPECT_EQ(find_field(name), nullptr) << name;
}

TEST(Patch, RefusesMassAssignment) {
  struct Row {
    std::string_view field;
    FieldValue value;
    ErrorKind kind;
  };
  const std::vector<Row> rows{
      {"role", std::string("owner"), ErrorKind::Denied},
      {"role", std::string("user"), ErrorKind::Denied},  // as it is: a forbidden field all the same
      {"status", std::string("active"), ErrorKind::Denied},
      {"email_verified", true, ErrorKind::Denied},
      {"phone_verified", true, ErrorKind::Denied},
      {"id", std::string("u2"), ErrorKind::Denied},
      {"username", std::string("root"), ErrorKind::Denied},
      {"must_change_password", false, ErrorKind::Denied},
      {"totp_secret", std::string("JBSWY3DP"), ErrorKind::InvalidInput},
      {"password_hash", std::string("$2b$"), ErrorKind::InvalidInput},
      {"epoch", std::int64_t{0}, ErrorKind::InvalidInput},
      {"Role", std::string("owner"), ErrorKind::InvalidInput},
      {"", std::string(""), ErrorKind::InvalidInput},
  };
  for (const Row& row : rows) {
    const UserPatch patch{{"email", std::string("new@example.org")}, {std::string(row.field), row.value}};
    const auto patched = apply_patch(alice(), patch, self(), canonical());
    ASSERT_FALSE(patched) << row.field;
    EXPECT_EQ(patched.error().kind, row.kind) << row.field;
  }
}

TEST(Patch, TakesNoMaskForAValue) {
  struct Row {
    std::string_view name, field;
    std::string value;
    Actor actor;
    bool taken;  ///< the patch is accepted, and changes nothing
  };
  const std::vector<Row> rows{
      {"one's own mask", "email", "a***@e***.org", self(), true},
      {"the mask by an admin", "email", "a***@e***.org", other(Role::Admin), true},
      {"the number's mask", "phone", "+1******00", self(), true},
      {"the value itself", "phone", "+14155550100", self(), true},
      {"the mask of another", "email", "b***@e***.org", self(), false},
      {"stars", "phone", "***", self(), false},
      {"half a mask", "email", "new@e***.org", other(Role::Owner), false},
  };
  for (const Row& row : rows) {
    const auto patched = apply_patch(alice(), {{std::string(row.field), row.value}}, row.actor, canonical());
    EXPECT_EQ(patched.has_value(), row.taken) << row.name;
    if (patched) {
      EXPECT_EQ(*patched, alice()) << row.name;
    }
    if (!patched) {
      EXPECT_EQ(patched.error().kind, ErrorKind::InvalidInput) << row.name;
    }
  }
}

TEST(Patch, SetsWhatMayBeSetAndItsKey) {
  const UserPatch patch{{"email", std::string("New@Example.org")}, {"phone", std::string("+4915112345678")}};
  const auto patched = apply_patch(alice(), patch, self(), canonical());
  ASSERT_TRUE(patched) << patched.error().message;
  User expected = alice();
  expected.email = "New@Example.org";
  expected.email_key = "new@example.org";
  expected.email_verified = false;
  expected.phone = "+4915112345678";
  expected.phone_verified = false;
  EXPECT_EQ(*patched, expected);
}

TEST(Patch, IsAllOrNothing) {
  const UserPatch patch{{"email", std::string("new@example.org")}, {"phone", std::string("no number")}};
  const auto patched = apply_patch(alice(), patch, self(), canonical());
  ASSERT_FALSE(patched);
  EXPECT_EQ(patched.error().message, "phone: is no number");
}

TEST(Patch, WantsTheRightKindOfValue) {
  for (const UserPatch& patch : {UserPatch{{"email", true}}, UserPatch{{"role", std::int64_t{4}}},
                                 UserPatch{{"must_change_password", std::string("yes")}}}) {
    const auto patched = apply_patch(alice(), patch, other(Role::Admin), canonical());
    ASSERT_FALSE(patched);
    EXPECT_EQ(patched.error().kind, ErrorKind::InvalidInput);
  }
}

TEST(Patch, LetsNobodyActUpwards) {
  struct Row {
    std::string_view name;
    Role subject;
    Actor actor;
    UserPatch patch;
    bool allowed;
  };
  const UserPatch to_admin{{"role", std::string("admin")}};
  const UserPatch to_owner{{"role", std::string("owner")}};
  const UserPatch mail{{"email", std::string("new@example.org")}};
  const UserPatch suspend{{"status", std::string("suspended")}};
  const std::vector<Row> rows{
      {"an admin raises a user to admin", Role::User, other(Role::Admin), to_admin, true},
      {"an admin raises a user to owner", Role::User, other(Role::Admin), to_owner, false},
      {"an admin changes an admin's mail", Role::Admin, other(Role::Admin), mail, false},
      {"an admin suspends an owner", Role::Owner, other(Role::Admin), suspend, false},
      {"a manager changes a user's mail", Role::User, other(Role::Manager), mail, false},
      {"an admin raises himself", Role::Admin, {"u1", Role::Admin, {"*"}}, to_owner, false},
      {"an owner suspends an owner", Role::Owner, other(Role::Owner), suspend, true},
  };
  for (const Row& row : rows) {
    User subject = alice();
    subject.role = row.subject;
    const auto patched = apply_patch(subject, row.patch, row.actor, canonical());
    EXPECT_EQ(patched.has_value(), row.allowed) << row.name;
    if (!patched) {
      EXPECT_EQ(patched.error().kind, ErrorKind::Denied) << row.name;
    }
  }
}

}  // namespace
}  // namespace picket::authd
