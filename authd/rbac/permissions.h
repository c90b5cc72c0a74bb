// What each role may do: a table of permissions `resource:action`, each with its reach, and the scopes that
// narrow what a token or an API key may use of it. Pure; safe from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authd/accounts/user.h"

namespace picket::authd {

enum class Reach : std::uint8_t { None, Own, All };  ///< one's own things only, or everybody's

/// Whom an act may be done to, beside its reach: nobody acts upwards, and only owners act on their equals.
enum class Rank : std::uint8_t {
  Any,     ///< it changes nothing of a person
  Others,  ///< of others those below; of oneself by the reach alone
  Below    ///< it is done to an account from above, by nobody but owners to their own
};

struct Permission {
  std::string_view name;  ///< "sessions:revoke"
  Role own;               ///< from this role on for one's own
  Role all;               ///< from this role on for everybody's
  Rank rank = Rank::Any;
};

/// The whole table, by name.
std::span<const Permission> permissions();
/// None for a permission that does not exist.
Reach reach_of(Role role, std::string_view permission);

/// Who asks. `scopes` narrows: a person's own login has {"*"}.
struct Actor {
  std::string user_id;
  Role role = Role::Guest;
  std::vector<std::string> scopes{"*"};
};

/// "*", "users:*", "users:read", or for one thing alone "users:read/ID".
bool is_scope(std::string_view text);
bool scopes_allow(std::span<const std::string> scopes, std::string_view permission,
                  std::string_view resource_id);

/// Whether one of them is for this permission, if only for one thing.
bool scopes_touch(std::span<const std::string> scopes, std::string_view permission);

/// What is to be touched.
struct Target {
  std::string resource_id;           ///< "" for all, or for a thing that is yet to be made
  std::string owner_id;              ///< whose it is; "" when it is nobody's
  std::optional<Role> owner_role{};  ///< theirs; an act on a person is denied without it
};

/// Denied says which permission is missing, not whether the thing exists.
Result<void> authorize(const Actor& actor, std::string_view permission, const Target& target);

}  // namespace picket::authd
