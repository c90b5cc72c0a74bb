#include "authd/http/key_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/http/audit_note.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/http/user_change.h"
#include "authd/tokens/api_key.h"
#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using nlohmann::json;
constexpr std::int64_t kDaysMax = std::int64_t{366} * 5;
constexpr std::size_t kNameMax = 100;
constexpr Duration kUsageShown = std::chrono::hours(24);

json time_or_null(WallTime time) {
  return time == WallTime{} ? json(nullptr) : json(format_rfc3339(time));
}

json key_object(const ApiKey& key) {
  return {{"id", key.id},
          {"user_id", key.user_id},
          {"name", key.name},
          {"public_id", key.public_id},
          {"scopes", key.scopes},
          {"tier", key.tier},
          {"created_at", time_or_null(key.created_at)},
          {"expires_at", time_or_null(key.expires_at)},
          {"revoked_at", time_or_null(key.revoked_at)},
          {"last_used_at", time_or_null(key.last_used_at)}};
}

/// A key can do no more than the one who makes it, now and later.
Result<void> check_scopes(const Actor& actor, const std::vector<std::string>& scopes) {
  if (scopes.empty())
    return fail(ErrorKind::InvalidInput, "scopes: name at least one, such as \"users:read\"");
  for (const std::string& scope : scopes) {
    if (!is_scope(scope)) return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is no scope", scope));
    const bool covered = std::ranges::find(actor.scopes, "*") != actor.scopes.end() ||
                         std::ranges::find(actor.scopes, scope) != actor.scopes.end();
    if (!covered) return fail(ErrorKind::Denied, fmt::format("you have no scope \"{}\" to give", scope));
  }
  return {};
}

Result<ApiKey> key_of(const HttpParts& parts, const Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return fail(body);
  ApiKey key{.id = parts.ids.next(),
             .user_id = visit.who().user_id,
             .name = body->required("name"),
             .scopes = body->texts("scopes"),
             .tier = body->text("tier"),
             .created_at = parts.clock.wall()};
  const std::optional<std::int64_t> days = body->number("expires_in_days");
  if (const Result<void> fine = body->finish(); !fine) return fail(fine);
  if (key.name.size() > kNameMax) return fail(ErrorKind::InvalidInput, "name is at most 100 bytes");
  if (!key.tier.empty() && !parts.gate.has_tier(key.tier))
    return fail(ErrorKind::InvalidInput, fmt::format("there is no tier \"{}\"", key.tier));
  if (days && (*days < 1 || *days > kDaysMax))
    return fail(ErrorKind::InvalidInput, "expires_in_days is 1 to 1830");
  if (days) key.expires_at = key.created_at + std::chrono::hours(24) * *days;
  const Result<void> fine = check_scopes(visit.actor(), key.scopes);
  if (!fine) return fail(fine);
  return key;
}

Response create(const HttpParts& parts, Visit& visit) {
  Result<ApiKey> key = key_of(parts, visit);
  if (!key) return problem_of(key.error());
  const NewApiKey made = make_api_key(parts.random, parts.api_key_mac);
  key->public_id = made.lookup_id;
  key->mac = made.mac;
  const Result<void> added =
      audited(parts, visit, {.action = "api_keys.create", .resource = "api_key:" + key->id},
              parts.api_keys.add(*key));
  if (!added) return problem_of(added.error());
  json object = key_object(*key);
  object["key"] = made.text.reveal();
  return private_json(201, to_json(object));
}

Response list(const HttpParts& parts, Visit& visit) {
  const std::string* of = visit.request.target.param("user");
  const std::string owner = of == nullptr ? visit.who().user_id : *of;
  const Result<void> may = authorize(visit.actor(), "api_keys:read", {.resource_id = "", .owner_id = owner});
  if (!may) return problem_of(may.error());
  const Result<std::vector<ApiKey>> keys = parts.api_keys.list(owner);
  if (!keys) return problem_of(keys.error());
  json rows = json::array();
  for (const ApiKey& key : *keys) rows.push_back(key_object(key));
  return private_json(200, to_json(json{{"api_keys", rows}}));
}

/// The key of the path, when the actor may do this to it.
Result<ApiKey> key_in_path(const HttpParts& parts, const Visit& visit, std::string_view permission) {
  const std::string& id = visit.request.path_param("id");
  const bool sees_all = authorize(visit.actor(), permission, {.resource_id = id, .owner_id = ""}).has_value();
  const Result<std::vector<ApiKey>> keys = parts.api_keys.list(sees_all ? "" : visit.who().user_id);
  if (!keys) return fail(keys);
  const auto found = std::ranges::find(*keys, id, &ApiKey::id);
  const Result<void> may = may_touch(parts, visit,
                                     {.permission = permission,
                                      .sight = "api_keys:read",
                                      .resource_id = id,
                                      .owner_id = found == keys->end() ? "" : found->user_id,
                                      .what = "key"});
  if (!may) return fail(may);
  return *found;
}

Response revoke(const HttpParts& parts, Visit& visit) {
  const Result<ApiKey> key = key_in_path(parts, visit, "api_keys:revoke");
  if (!key) return problem_of(key.error());
  const Result<bool> revoked = parts.api_keys.revoke(key->user_id, key->id, parts.clock.wall());
  if (revoked && *revoked) parts.ended.note_session(key->id);
  const Result<bool> noted =
      audited(parts, visit, {.action = "api_keys.revoke", .resource = "api_key:" + key->id}, revoked);
  if (!noted) return problem_of(noted.error());
  if (!*noted) return not_found("The key was revoked already.");
  return {.status = 204};
}

Response usage(const HttpParts& parts, Visit& visit) {
  const Result<ApiKey> key = key_in_path(parts, visit, "api_keys:read");
  if (!key) return problem_of(key.error());
  const auto minutes = parts.api_keys.usage(key->id, parts.clock.wall() - kUsageShown);
  if (!minutes) return problem_of(minutes.error());
  json rows = json::array();
  for (const ApiUsage& minute : *minutes) {
    rows.push_back(
        {{"minute", format_rfc3339(WallTime(std::chrono::minutes(minute.minute)))}, {"count", minute.count}});
  }
  return private_json(200, to_json(json{{"api_usage", rows}}));
}

}  // namespace

void add_key_routes(RouteTable& routes) {
  routes.get("/api/v1/api-keys", for_session_or_program("api_keys:read"), list,
             {.name = "api_keys",
              .summary = "Keys of programs, mine or (?user=) another's",
              .tag = "API keys",
              .response_schema = "ApiKeys"});
  routes.post("/api/v1/api-keys", for_fresh_session("api_keys:create"), create,
              {.name = "api_key_create",
               .summary = "A new key; it is shown this once",
               .tag = "API keys",
               .request_schema = "NewApiKey",
               .response_schema = "ApiKeyMade"});
  routes.del("/api/v1/api-keys/{id}", for_session_or_program("api_keys:revoke"), revoke,
             {.name = "api_key_revoke", .summary = "End a key", .tag = "API keys"});
  routes.get("/api/v1/api-keys/{id}/usage", for_session_or_program("api_keys:read"), usage,
             {.name = "api_key_usage",
              .summary = "Its uses by minute, of the last 24 hours",
              .tag = "API keys",
              .response_schema = "ApiUsage"});
}

}  // namespace picket::authd
