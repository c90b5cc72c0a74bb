// Which field of an account who may read, see masked, and write. A table; the same for every verb and every
// page that shows or changes a user. Pure; safe from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "authd/accounts/user.h"
#include "authd/rbac/permissions.h"

namespace picket::authd {

using FieldValue = std::variant<bool, std::int64_t, std::string>;

enum class Sight : std::uint8_t { Hidden, Masked, Clear };

struct FieldRule {
  std::string_view name;  ///< as in JSON
  Role own_read;          ///< from this role on one reads one's own
  Role masked;            ///< from this role on one sees that of others masked
  Role read;              ///< ... and clear
  /// From this role on one writes one's own, and that of others; none: nobody does through a patch.
  std::optional<Role> own_write, write;
};

std::span<const FieldRule> user_fields();
/// Null for a name that is no field.
const FieldRule* find_field(std::string_view name);

Sight sight_of(const FieldRule& field, const Actor& actor, const User& subject);
bool may_write(const FieldRule& field, const Actor& actor, const User& subject);
/// As it is, unmasked.
FieldValue field_of(const User& user, std::string_view name);

}  // namespace picket::authd
