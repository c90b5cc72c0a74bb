#include "authd/rbac/fields.h"

#include <algorithm>

#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr std::nullopt_t kNobody = std::nullopt;

// Password hashes, TOTP secrets and epochs are no fields: they are in no answer and in no patch.
constexpr std::array kFields{
    FieldRule{"id", Role::Guest, Role::Manager, Role::Manager, kNobody, kNobody},
    FieldRule{"username", Role::Guest, Role::Manager, Role::Manager, kNobody, Role::Admin},
    FieldRule{"email", Role::Guest, Role::Manager, Role::Admin, Role::User, Role::Admin},
    FieldRule{"email_verified", Role::Guest, Role::Manager, Role::Manager, kNobody, Role::Owner},
    FieldRule{"phone", Role::Guest, Role::Manager, Role::Admin, Role::User, Role::Admin},
    FieldRule{"phone_verified", Role::Guest, Role::Manager, Role::Manager, kNobody, kNobody},
    FieldRule{"role", Role::Guest, Role::Manager, Role::Manager, kNobody, Role::Admin},
    FieldRule{"status", Role::Guest, Role::Manager, Role::Manager, kNobody, Role::Admin},
    FieldRule{"must_change_password", Role::Guest, Role::Admin, Role::Admin, kNobody, Role::Admin},
    FieldRule{"has_second_factor", Role::Guest, Role::Manager, Role::Manager, kNobody, kNobody},
    FieldRule{"created_at", Role::Guest, Role::Manager, Role::Manager, kNobody, kNobody},
    FieldRule{"last_login_at", Role::Guest, Role::Admin, Role::Admin, kNobody, kNobody},
    FieldRule{"password_changed_at", Role::Guest, Role::Admin, Role::Admin, kNobody, kNobody},
};

std::string time_text(WallTime time) {
  return time == WallTime{} ? "" : format_rfc3339(time);
}

using Getter = FieldValue (*)(const User&);

struct Getting {
  std::string_view name;
  Getter get;
};

constexpr std::array kGetters{
    Getting{"id", [](const User& u) { return FieldValue(u.id); }},
    Getting{"username", [](const User& u) { return FieldValue(u.username); }},
    Getting{"email", [](const User& u) { return FieldValue(u.email); }},
    Getting{"email_verified", [](const User& u) { return FieldValue(u.email_verified); }},
    Getting{"phone", [](const User& u) { return FieldValue(u.phone); }},
    Getting{"phone_verified", [](const User& u) { return FieldValue(u.phone_verified); }},
    Getting{"role", [](const User& u) { return FieldValue(std::string(to_string(u.role))); }},
    Getting{"status", [](const User& u) { return FieldValue(std::string(to_string(u.status))); }},
    Getting{"must_change_password", [](const User& u) { return FieldValue(u.must_change_password); }},
    Getting{"has_second_factor", [](const User& u) { return FieldValue(u.has_second_factor); }},
    Getting{"created_at", [](const User& u) { return FieldValue(time_text(u.created_at)); }},
    Getting{"last_login_at", [](const User& u) { return FieldValue(time_text(u.last_login_at)); }},
    Getting{"password_changed_at",
            [](const User& u) { return FieldValue(time_text(u.password_changed_at)); }},
};
static_assert(kGetters.size() == kFields.size());

}  // namespace

std::span<const FieldRule> user_fields() {
  return kFields;
}

const FieldRule* find_field(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name, &FieldRule::name);
  return found == kFields.end() ? nullptr : found;
}

Sight sight_of(const FieldRule& field, const Actor& actor, const User& subject) {
  if (actor.user_id == subject.id) return actor.role >= field.own_read ? Sight::Clear : Sight::Hidden;
  if (actor.role >= field.read) return Sight::Clear;
  return actor.role >= field.masked ? Sight::Masked : Sight::Hidden;
}

bool may_write(const FieldRule& field, const Actor& actor, const User& subject) {
  const std::optional<Role>& from = actor.user_id == subject.id ? field.own_write : field.write;
  return from && actor.role >= *from;
}

FieldValue field_of(const User& user, std::string_view name) {
  const auto* const found = std::ranges::find(kGetters, name, &Getting::name);
  check(found != kGetters.end(), "every field has a value");
  return found->get(user);
}

}  // namespace picket::authd
