#include "authd/rbac/permissions.h"

#include <algorithm>

namespace picket::authd {
namespace {

// Role::Owner under "all" keeps a permission to owners; nothing is for nobody.
constexpr std::array kPermissions{
    Permission{"api_keys:create", Role::User, Role::Admin},
    Permission{"api_keys:read", Role::User, Role::Admin},
    Permission{"api_keys:revoke", Role::User, Role::Admin, Rank::Others},
    Permission{"audit:export", Role::Admin, Role::Admin},
    Permission{"audit:read", Role::User, Role::Admin},
    Permission{"audit:verify", Role::Admin, Role::Admin},
    Permission{"blocks:create", Role::Admin, Role::Admin},
    Permission{"blocks:delete", Role::Admin, Role::Admin},
    Permission{"blocks:read", Role::Manager, Role::Manager},
    Permission{"crypto:rotate", Role::Owner, Role::Owner},
    Permission{"devices:read", Role::User, Role::Admin},
    Permission{"devices:revoke", Role::User, Role::Admin, Rank::Others},
    Permission{"factors:enrol", Role::Guest, Role::Owner},
    Permission{"factors:read", Role::User, Role::Admin},
    Permission{"factors:reset", Role::Admin, Role::Admin, Rank::Below},
    Permission{"factors:write", Role::User, Role::Owner},
    Permission{"invites:create", Role::Admin, Role::Admin},
    Permission{"keys:read", Role::Admin, Role::Admin},
    Permission{"keys:rotate", Role::Owner, Role::Owner},
    Permission{"limits:read", Role::User, Role::Manager},
    Permission{"limits:write", Role::Admin, Role::Admin, Rank::Below},
    Permission{"sessions:read", Role::Guest, Role::Admin},
    Permission{"sessions:revoke", Role::Guest, Role::Admin, Rank::Others},
    Permission{"users:activate", Role::Admin, Role::Admin, Rank::Others},
    Permission{"users:create", Role::Admin, Role::Admin},
    Permission{"users:delete", Role::Admin, Role::Admin, Rank::Below},
    Permission{"users:list", Role::Manager, Role::Manager},
    Permission{"users:read", Role::Guest, Role::Manager},
    Permission{"users:reset_password", Role::Admin, Role::Admin, Rank::Below},
    Permission{"users:role", Role::Admin, Role::Admin, Rank::Others},
    Permission{"users:suspend", Role::Admin, Role::Admin, Rank::Others},
    Permission{"users:unlock", Role::Admin, Role::Admin, Rank::Below},
    Permission{"users:update", Role::User, Role::Admin, Rank::Others},
};

bool is_word(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool is_resource_id(std::string_view text) {
  const auto allowed = [](char c) { return c > ' ' && c <= '~' && c != '/' && c != '*'; };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool scope_allows(std::string_view scope, std::string_view permission, std::string_view resource_id) {
  if (!is_scope(scope)) return false;
  if (scope == "*" || scope == permission) return true;
  if (scope.ends_with(":*")) return permission.starts_with(scope.substr(0, scope.size() - 1));
  const std::size_t slash = scope.find('/');
  return slash != std::string_view::npos && scope.substr(0, slash) == permission &&
         scope.substr(slash + 1) == resource_id;
}

const Permission* find_permission(std::string_view name) {
  const auto* const row = std::ranges::find(kPermissions, name, &Permission::name);
  return row == kPermissions.end() ? nullptr : row;
}

/// What is nobody's has no rank.
bool is_within_rank(const Actor& actor, Rank rank, const Target& target) {
  if (rank == Rank::Any || target.owner_id.empty()) return true;
  if (rank == Rank::Others && target.owner_id == actor.user_id) return true;
  return target.owner_role && may_act_on(actor.role, *target.owner_role);
}

}  // namespace

std::span<const Permission> permissions() {
  return kPermissions;
}

Reach reach_of(Role role, std::string_view permission) {
  const Permission* row = find_permission(permission);
  if (row == nullptr) return Reach::None;
  if (role >= row->all) return Reach::All;
  return role >= row->own ? Reach::Own : Reach::None;
}

bool is_scope(std::string_view text) {
  if (text == "*") return true;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_word(text.substr(0, colon))) return false;
  const std::string_view rest = text.substr(colon + 1);
  if (rest == "*") return true;
  const std::size_t slash = rest.find('/');
  if (!is_word(rest.substr(0, slash))) return false;
  return slash == std::string_view::npos || is_resource_id(rest.substr(slash + 1));
}

bool scopes_allow(std::span<const std::string> scopes, std::string_view permission,
                  std::string_view resource_id) {
  return std::ranges::any_of(
      scopes, [&](const std::string& scope) { return scope_allows(scope, permission, resource_id); });
}

bool scopes_touch(std::span<const std::string> scopes, std::string_view permission) {
  return std::ranges::any_of(scopes, [&](const std::string& scope) {
    const std::string_view whole = scope;
    return scope_allows(scope, permission, "") ||
           (is_scope(scope) && whole.substr(0, whole.find('/')) == permission);
  });
}

Result<void> authorize(const Actor& actor, std::string_view permission, const Target& target) {
  const Reach reach = reach_of(actor.role, permission);
  const bool is_own = !target.owner_id.empty() && target.owner_id == actor.user_id;
  const bool reaches = reach == Reach::All || (reach == Reach::Own && is_own);
  if (!reaches || !scopes_allow(actor.scopes, permission, target.resource_id))
    return fail(ErrorKind::Denied, fmt::format("the permission {} is missing", permission));
  if (is_within_rank(actor, find_permission(permission)->rank, target)) return {};
  return fail(ErrorKind::Denied, "you may not act on that account");
}

}  // namespace picket::authd
