#include "authd/rbac/user_view.h"

#include <algorithm>
#include <array>

#include "authd/rbac/mask.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

std::string masked_text(std::string_view name, const std::string& value) {
  if (name == "email") return mask_email(value);
  if (name == "phone") return mask_phone(value);
  return value.empty() ? "" : "***";
}

FieldValue masked_value(std::string_view name, const FieldValue& value) {
  const auto* const text = std::get_if<std::string>(&value);
  return text == nullptr ? FieldValue(std::string("***")) : FieldValue(masked_text(name, *text));
}

Failure invalid(std::string_view field, std::string_view reason) {
  return fail(ErrorKind::InvalidInput, fmt::format("{}: {}", field, reason));
}

Result<std::string> text_of(const FieldValue& value, std::string_view field) {
  const auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr) return invalid(field, "must be text");
  return *text;
}

Result<bool> truth_of(const FieldValue& value, std::string_view field) {
  const bool* const truth = std::get_if<bool>(&value);
  if (truth == nullptr) return invalid(field, "must be true or false");
  return *truth;
}

struct Change {
  User& user;
  const FieldValue& value;
  const Canonical& canonical;
};

Result<void> set_username(const Change& change) {
  const auto typed = text_of(change.value, "username");
  if (!typed) return fail(typed);
  auto made = change.canonical.username(*typed);
  if (!made) return fail(made, "username");
  change.user.username = std::move(made->text);
  change.user.username_key = std::move(made->key);
  return {};
}

Result<void> set_email(const Change& change) {
  const auto typed = text_of(change.value, "email");
  if (!typed) return fail(typed);
  auto made = change.canonical.email(*typed);
  if (!made) return fail(made, "email");
  if (made->key != change.user.email_key) change.user.email_verified = false;
  change.user.email = std::move(made->text);
  change.user.email_key = std::move(made->key);
  return {};
}

Result<void> set_phone(const Change& change) {
  const auto typed = text_of(change.value, "phone");
  if (!typed) return fail(typed);
  auto made = typed->empty() ? Result<std::string>("") : change.canonical.phone(*typed);
  if (!made) return fail(made, "phone");
  if (*made != change.user.phone) change.user.phone_verified = false;
  change.user.phone = std::move(*made);
  return {};
}

Result<void> set_role(const Change& change) {
  const auto text = text_of(change.value, "role");
  if (!text) return fail(text);
  const auto role = parse_role(*text);
  if (!role) return fail(role, "role");
  change.user.role = *role;
  return {};
}

Result<void> set_status(const Change& change) {
  const auto text = text_of(change.value, "status");
  if (!text) return fail(text);
  const auto status = parse_status(*text);
  if (!status) return fail(status, "status");
  change.user.status = *status;
  return {};
}

Result<void> set_email_verified(const Change& change) {
  const auto truth = truth_of(change.value, "email_verified");
  if (!truth) return fail(truth);
  change.user.email_verified = *truth;
  return {};
}

Result<void> set_must_change_password(const Change& change) {
  const auto truth = truth_of(change.value, "must_change_password");
  if (!truth) return fail(truth);
  change.user.must_change_password = *truth;
  return {};
}

/// Of a field that does not exist: a stranger chose it.
constexpr std::size_t kShownNameMax = 64;

struct Setting {
  std::string_view name;
  Result<void> (*set)(const Change&);
};

// In this order, so that email_verified stays as it is given beside a new address.
constexpr std::array kSetters{
    Setting{"username", set_username},
    Setting{"email", set_email},
    Setting{"phone", set_phone},
    Setting{"role", set_role},
    Setting{"status", set_status},
    Setting{"email_verified", set_email_verified},
    Setting{"must_change_password", set_must_change_password},
};

/// Whether the field changes at all: neither its value nor its mask does anything, whoever writes it back.
Result<bool> is_change(const std::string& name, const FieldValue& value, const User& subject) {
  const FieldValue now = field_of(subject, name);
  if (value == now || value == masked_value(name, now)) return false;
  const auto* const text = std::get_if<std::string>(&value);
  if (text != nullptr && looks_masked(*text)) return invalid(name, "looks masked");
  return true;
}

/// The part of the patch that changes something, all of which this actor may write.
Result<UserPatch> effective(const User& subject, const UserPatch& patch, const Actor& actor) {
  UserPatch changes;
  for (const auto& [name, value] : patch) {
    const FieldRule* const field = find_field(name);
    if (field == nullptr) return invalid(truncate(name, kShownNameMax), "no such field");
    if (!may_write(*field, actor, subject)) {
      return fail(ErrorKind::Denied, fmt::format("{}: may not be changed by you", name));
    }
    const auto changing = is_change(name, value, subject);
    if (!changing) return fail(changing);
    if (*changing) changes.emplace(name, value);
  }
  return changes;
}

}  // namespace

UserView view_of(const User& subject, const Actor& actor) {
  UserView view;
  for (const FieldRule& field : user_fields()) {
    const Sight sight = sight_of(field, actor, subject);
    if (sight == Sight::Hidden) continue;
    FieldValue value = field_of(subject, field.name);
    if (sight == Sight::Masked) value = masked_value(field.name, value);
    view.emplace(field.name, std::move(value));
  }
  return view;
}

Result<User> apply_patch(const User& subject, const UserPatch& patch, const Actor& actor,
                         const Canonical& canonical) {
  const auto changes = effective(subject, patch, actor);
  if (!changes) return fail(changes);
  User after = subject;
  for (const Setting& setting : kSetters) {
    const auto found = changes->find(std::string(setting.name));
    if (found == changes->end()) continue;
    if (const auto set = setting.set({after, found->second, canonical}); !set) return fail(set);
  }
  User self;
  self.id = actor.user_id;
  self.role = actor.role;
  if (const auto allowed = check_change(self, subject, after); !allowed) return fail(allowed);
  return after;
}

}  // namespace picket::authd
