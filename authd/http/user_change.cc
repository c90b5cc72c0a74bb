#include "authd/http/user_change.h"

#include <nlohmann/json.hpp>

#include "authd/http/own_account.h"
#include "authd/http/problems.h"
#include "authd/rbac/user_view.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

using nlohmann::json;

json value_json(const FieldValue& value) {
  return std::visit([](const auto& plain) { return json(plain); }, value);
}

}  // namespace

json user_object(const User& user, const Actor& actor) {
  json object = json::object();
  for (const auto& [name, value] : view_of(user, actor)) object[name] = value_json(value);
  return object;
}

std::string user_json(const User& user, const Actor& actor) {
  return to_json(user_object(user, actor));
}

std::string resource_of(const User& user) {
  return "user:" + user.id;
}

namespace {

Result<User> readable_user(const HttpParts& parts, const Visit& visit) {
  std::string id = visit.request.path_param("id");
  if (id == "me") id = visit.who().user_id;
  const auto not_found = [] { return fail(ErrorKind::NotFound, "there is no such user"); };
  if (!authorize(visit.actor(), "users:read", {.resource_id = id, .owner_id = id})) return not_found();
  Result<std::optional<User>> user = parts.accounts.find(id);
  if (!user) return fail(user);
  if (!*user) return not_found();
  return std::move(**user);
}

}  // namespace

Result<User> subject_of(const HttpParts& parts, const Visit& visit, std::string_view permission) {
  Result<User> user = readable_user(parts, visit);
  if (!user) return user;
  const Result<void> may = authorize(
      visit.actor(), permission, {.resource_id = user->id, .owner_id = user->id, .owner_role = user->role});
  return may ? std::move(user) : fail(may);
}

Result<UserChange> change_of(const HttpParts& parts, const Visit& visit, std::string_view permission) {
  Result<User> subject = subject_of(parts, visit, permission);
  if (!subject) return fail(subject);
  Result<User> actor = account_of(parts, visit);
  if (!actor) return fail(actor);
  return UserChange{std::move(*actor), std::move(*subject)};
}

Result<void> may_touch(const HttpParts& parts, const Visit& visit, const Touch& touch) {
  const Actor actor = visit.actor();
  Target target{.resource_id = touch.resource_id, .owner_id = touch.owner_id};
  if (touch.owner_id.empty() || !authorize(actor, touch.sight, target))
    return fail(ErrorKind::NotFound, fmt::format("there is no such {}", touch.what));
  const Result<std::optional<User>> owner = parts.accounts.find(touch.owner_id);
  if (!owner) return fail(owner);
  if (*owner) target.owner_role = (*owner)->role;
  return authorize(actor, touch.permission, target);
}

Result<User> store_change(const HttpParts& parts, const Visit& visit, const UserChange& change,
                          const User& after, const AuditNote& note) {
  const Result<void> may = check_change(change.actor, change.subject, after);
  if (!may) return fail(may);
  Result<User> stored = parts.accounts.update(after);
  if (stored && stored->epoch != change.subject.epoch) parts.ended.note_epoch(stored->id, stored->epoch);
  return audited(parts, visit, {note.action, resource_of(after), "", note.details}, std::move(stored));
}

Response answer_change(const HttpParts& parts, const Visit& visit, const UserChange& change,
                       const User& after, const AuditNote& note) {
  const Result<User> stored = store_change(parts, visit, change, after, note);
  if (!stored) return problem_of(stored.error());
  return private_json(200, user_json(*stored, visit.actor()));
}

}  // namespace picket::authd
