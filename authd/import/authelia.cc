// Authelia's users_database.yml: `users:` and below it a map by user name.
#include "authd/import/raw_user.h"
#include "base/config/yaml.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

std::string text_of(const YamlNode& user, std::string_view key) {
  const YamlNode* value = user.find(key);
  return value != nullptr && value->kind == YamlNode::Kind::Scalar ? value->scalar : "";
}

Role role_of(const YamlNode& user, const GroupRoles& group_roles) {
  Role role = Role::User;
  const YamlNode* groups = user.find("groups");
  if (groups == nullptr) return role;
  for (const YamlNode& group : groups->items) {
    const auto found = group_roles.find(group.scalar);
    if (found != group_roles.end()) role = std::max(role, found->second);
  }
  return role;
}

}  // namespace

void read_authelia(std::string_view text, const GroupRoles& group_roles, UserCheck& check) {
  Problems problems("line");
  const YamlNode root = parse_yaml(text, problems, {.size = 64_MiB});
  if (!problems.empty()) return check.problem(0, problems.error().message);
  const YamlNode* users = root.find("users");
  if (users == nullptr || users->kind != YamlNode::Kind::Map) {
    return check.problem(0, "has no map `users`: is it Authelia's users_database.yml?");
  }
  for (const auto& [name, position, user] : users->entries) {
    RawUser raw;
    raw.line = position.line;
    raw.username = name;
    raw.email = text_of(user, "email");
    raw.password_hash = text_of(user, "password");
    raw.role = to_string(role_of(user, group_roles));
    raw.status = text_of(user, "disabled") == "true" ? "suspended" : "active";
    check.take(raw);
  }
}

}  // namespace picket::authd
