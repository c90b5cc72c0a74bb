#include "authd/http/user_limit_routes.h"

#include <nlohmann/json.hpp>

#include "authd/http/audit_note.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/http/user_change.h"
#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using nlohmann::json;
constexpr std::int64_t kLimitMax = 10'000;

json limit_object(const UserLimit& limit) {
  return {{"tier", limit.tier},
          {"limit", limit.limit},
          {"set_by", limit.set_by},
          {"set_at", format_rfc3339(limit.set_at)}};
}

Response list_limits(const HttpParts& parts, Visit& visit) {
  const Result<User> user = subject_of(parts, visit, "limits:read");
  if (!user) return problem_of(user.error());
  const auto limits = parts.guards.limits_of(user->id);
  if (!limits) return problem_of(limits.error());
  json rows = json::array();
  for (const UserLimit& limit : *limits) rows.push_back(limit_object(limit));
  return private_json(200, to_json(json{{"limits", rows}}));
}

Result<std::uint32_t> limit_in(const Request& request) {
  Result<JsonBody> body = JsonBody::of(request);
  if (!body) return fail(body);
  const std::optional<std::int64_t> limit = body->number("limit");
  if (const Result<void> fine = body->finish(); !fine) return fail(fine);
  if (!limit || *limit < 1 || *limit > kLimitMax)
    return fail(ErrorKind::InvalidInput, fmt::format("limit is a number from 1 to {}", kLimitMax));
  return static_cast<std::uint32_t>(*limit);
}

Response set_limit(const HttpParts& parts, Visit& visit) {
  const Result<std::uint32_t> wanted = limit_in(visit.request);
  if (!wanted) return problem_of(wanted.error());
  const Result<User> user = subject_of(parts, visit, "limits:write");
  if (!user) return problem_of(user.error());
  const UserLimit limit{.user_id = user->id,
                        .tier = visit.request.path_param("tier"),
                        .limit = *wanted,
                        .set_by = visit.who().user_id,
                        .set_at = parts.clock.wall()};
  const std::string number = std::to_string(limit.limit);
  const Result<void> set = audited(parts, visit,
                                   {.action = "limits.override",
                                    .resource = resource_of(*user),
                                    .result = "",
                                    .details = {{"tier", limit.tier}, {"limit", number}}},
                                   parts.guards.set_limit(limit));
  if (!set) return problem_of(set.error());
  return private_json(200, to_json(limit_object(limit)));
}

Response clear_limit(const HttpParts& parts, Visit& visit) {
  const Result<User> user = subject_of(parts, visit, "limits:write");
  if (!user) return problem_of(user.error());
  const std::string& tier = visit.request.path_param("tier");
  const Result<bool> cleared = audited(parts, visit,
                                       {.action = "limits.override_end",
                                        .resource = resource_of(*user),
                                        .result = "",
                                        .details = {{"tier", tier}}},
                                       parts.guards.clear_limit(user->id, tier));
  if (!cleared) return problem_of(cleared.error());
  if (!*cleared) return not_found("There is no limit of that tier for this account alone.");
  return {.status = 204};
}

}  // namespace

void add_user_limit_routes(RouteTable& routes) {
  const std::string all = "/api/v1/users/{id}/limits";
  routes.get(all, for_session_or_program("limits:read"), list_limits,
             {.name = "user_limits",
              .summary = "Limits of this account alone",
              .tag = "Users",
              .response_schema = "UserLimits"});
  routes.put(all + "/{tier}", for_session_or_program("limits:write"), set_limit,
             {.name = "user_limit_set",
              .summary = "Another limit of a tier for this account",
              .tag = "Users",
              .request_schema = "LimitChange",
              .response_schema = "UserLimit"});
  routes.del(all + "/{tier}", for_session_or_program("limits:write"), clear_limit,
             {.name = "user_limit_clear", .summary = "The configuration's limit again", .tag = "Users"});
}

}  // namespace picket::authd
