#include "authd/http/guard_routes.h"

#include <nlohmann/json.hpp>

#include "authd/address/address_prefix.h"
#include "authd/http/audit_note.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/ratelimit/limit_fields.h"
#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using nlohmann::json;
constexpr std::size_t kAlertsMax = 100;
constexpr std::uint32_t kCostMax = 10'000;

json block_object(const Block& block) {
  return {{"prefix", block.network.text()},
          {"until", format_rfc3339(block.until)},
          {"reason", block.reason},
          {"source", block.source},
          {"sessions", block.sessions}};
}

/// As it was asked for.
struct WantedBlock {
  std::string prefix, duration, reason;
};

Result<Block> block_of(const HttpParts& parts, const WantedBlock& wanted, const std::string& source) {
  const Result<Cidr> network = Cidr::parse(wanted.prefix);
  if (!network) return fail(network, "prefix");
  const Result<Duration> time = block_time(wanted.duration);
  if (!time) return fail(time, "duration");
  return Block{
      .network = *network, .until = parts.clock.wall() + *time, .reason = wanted.reason, .source = source};
}

Response list_blocks(const HttpParts& parts, Visit&) {
  json rows = json::array();
  for (const Block& block : parts.gate.blocks()) rows.push_back(block_object(block));
  return private_json(200, to_json(json{{"blocks", rows}}));
}

Response add_block(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const WantedBlock wanted{body->required("prefix"), body->text("duration"), body->text("reason")};
  const bool sessions = body->flag("sessions");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  Result<Block> block = block_of(parts, wanted, visit.who().user_id);
  if (!block) return problem_of(block.error());
  block->sessions = sessions;
  if (block->network.contains(visit.client.address))
    return Response::problem(409, "Conflict", "Your own address lies in that network.");
  const Result<void> put =
      audited(parts, visit, {.action = "blocks.create", .resource = "block:" + block->network.text()},
              parts.guards.block(*block));
  if (!put) return problem_of(put.error());
  return private_json(201, to_json(block_object(*block)));
}

Response remove_block(const HttpParts& parts, Visit& visit) {
  const Result<Cidr> network = Cidr::parse(visit.request.path_param("prefix"));
  if (!network) return problem_of(network.error());
  const Result<bool> removed =
      audited(parts, visit, {.action = "blocks.delete", .resource = "block:" + network->text()},
              parts.guards.unblock(*network));
  if (!removed) return problem_of(removed.error());
  if (!*removed) return not_found("That network is not blocked.");
  return {.status = 204};
}

std::string member_of(const json& alert, const char* part, const char* name) {
  const auto found = alert.find(part);
  if (found == alert.end() || !found->is_object()) return "";
  const auto value = found->find(name);
  return value == found->end() || !value->is_string() ? "" : value->get<std::string>();
}

std::string either_of(const json& alert, const char* name) {
  const std::string text = member_of(alert, "labels", name);
  return text.empty() ? member_of(alert, "annotations", name) : text;
}

/// A firing alert names the network in its label or annotation `block_prefix`, and may say for how long in
/// `block_for`. A resolved one changes nothing: the time decides.
std::vector<WantedBlock> alert_blocks(const json& message) {
  std::vector<WantedBlock> blocks;
  const auto alerts = message.find("alerts");
  if (alerts == message.end() || !alerts->is_array()) return blocks;
  for (const json& alert : *alerts) {
    if (blocks.size() == kAlertsMax || !alert.is_object()) break;
    const auto status = alert.find("status");
    if (status == alert.end() || *status != "firing") continue;
    WantedBlock block{either_of(alert, "block_prefix"), either_of(alert, "block_for"),
                      either_of(alert, "alertname")};
    if (!block.prefix.empty()) blocks.push_back(std::move(block));
  }
  return blocks;
}

/// An alert is written by a program, which may have seen no more than the address of a proxy.
Result<Block> block_of_alert(const HttpParts& parts, const WantedBlock& wanted) {
  Result<Block> block = block_of(parts, wanted, std::string(kBlockedByAlert));
  if (block && !parts.gate.blocks_private_networks() && reaches_private(BlockList::normal(block->network)))
    return fail(ErrorKind::Denied, "private networks are not blocked by alerts");
  return block;
}

/// Alertmanager's webhook (version 4): every good prefix is blocked, the others are told.
Response webhook(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  json blocked = json::array();
  json refused = json::array();
  for (const WantedBlock& wanted : alert_blocks(body->take_all())) {
    const Result<Block> block = block_of_alert(parts, wanted);
    const Result<void> put = block ? parts.guards.block(*block) : Result<void>(fail(block));
    if (put) {
      blocked.push_back(block->network.text());
    } else {
      refused.push_back({{"prefix", wanted.prefix}, {"reason", put.error().message}});
    }
  }
  const Result<void> noted =
      audit(parts, visit,
            {.action = "blocks.webhook", .resource = "", .result = refused.empty() ? "success" : "failed"});
  if (!noted) return problem_of(noted.error());
  return private_json(200, to_json(json{{"blocked", blocked}, {"refused", refused}}));
}

json standing_object(const Standing& standing) {
  const auto seconds_of = [](Duration d) { return std::chrono::duration<double>(d).count(); };
  return {{"tier", standing.tier},
          {"subject", standing.subject},
          {"allowed", standing.decision.allowed},
          {"limit", standing.decision.limit},
          {"remaining", standing.decision.remaining},
          {"reset_after_seconds", seconds_of(standing.decision.reset_after)},
          {"retry_after_seconds", seconds_of(standing.decision.retry_after)}};
}

Response answer_standing(const Result<Standing>& standing) {
  if (!standing) return problem_of(standing.error());
  Response response =
      private_json(standing->decision.allowed ? 200 : 429, to_json(standing_object(*standing)));
  set_limit_fields({&*standing, 1}, response.headers);
  return response;
}

/// The question as it may be asked: of anything by whoever sees all accounts, by others of their own account
/// and keys alone.
Result<ServiceQuestion> permitted(const HttpParts& parts, const Visit& visit, ServiceQuestion question) {
  const auto key = parts.api_keys.find_by_public_id(question.subject);
  if (!key) return fail(key);
  constexpr std::string_view kUser = "user:";
  const bool is_user = question.subject.starts_with(kUser);
  question.user = *key ? (*key)->user_id : question.subject.substr(is_user ? kUser.size() : 0);
  if (*key) question.key_tier = (*key)->tier;
  const Result<void> may =
      authorize(visit.actor(), "limits:read", {.resource_id = question.subject, .owner_id = question.user});
  if (!may) return fail(may);
  return question;
}

Response check_limit(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  ServiceQuestion asked{.tier = body->required("tier"), .subject = body->required("subject")};
  const std::int64_t cost = body->number("cost").value_or(1);
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  if (cost < 0 || cost > kCostMax) return bad_request("cost is 0 to 10000");
  asked.cost = static_cast<std::uint32_t>(cost);
  const Result<ServiceQuestion> question = permitted(parts, visit, std::move(asked));
  if (!question) return problem_of(question.error());
  return answer_standing(parts.gate.check(*question));
}

Response show_limit(const HttpParts& parts, Visit& visit) {
  const Result<ServiceQuestion> question = permitted(
      parts, visit,
      {.tier = visit.request.path_param("tier"), .subject = visit.request.path_param("subject"), .cost = 0});
  if (!question) return problem_of(question.error());
  return answer_standing(parts.gate.check(*question));
}

Response forget_limit(const HttpParts& parts, Visit& visit) {
  const std::string& tier = visit.request.path_param("tier");
  const std::string& subject = visit.request.path_param("subject");
  const Result<void> forgotten = audited(parts, visit,
                                         {.action = "limits.reset",
                                          .resource = "limit:" + tier,
                                          .result = "",
                                          .details = {{"subject", subject}}},
                                         parts.gate.forget(tier, subject));
  if (!forgotten) return problem_of(forgotten.error());
  return {.status = 204};
}

}  // namespace

void add_guard_routes(RouteTable& routes) {
  routes.get("/api/v1/blocks", for_session_or_program("blocks:read"), list_blocks,
             {.name = "blocks",
              .summary = "Blocked networks",
              .tag = "Limits and blocks",
              .response_schema = "Blocks"});
  routes.post("/api/v1/blocks", for_session_or_program("blocks:create"), add_block,
              {.name = "block_create",
               .summary = "Block a network for a while",
               .tag = "Limits and blocks",
               .request_schema = "NewBlock",
               .response_schema = "Block"});
  routes.post("/api/v1/blocks/webhook", for_session_or_program("blocks:create"), webhook,
              {.name = "block_webhook",
               .summary = "Alertmanager's webhook: label block_prefix, annotation block_for",
               .tag = "Limits and blocks",
               .request_schema = "AlertmanagerWebhook",
               .response_schema = "WebhookAnswer"});
  routes.del("/api/v1/blocks/{prefix...}", for_session_or_program("blocks:delete"), remove_block,
             {.name = "block_delete", .summary = "Open a network again", .tag = "Limits and blocks"});
  routes.post("/api/v1/ratelimit/check", for_session_or_program("limits:read"), check_limit,
              {.name = "limit_check",
               .summary = "For other services: spend units of a tier, or ask whether they fit",
               .tag = "Limits and blocks",
               .request_schema = "LimitQuestion",
               .response_schema = "Standing",
               .error_schema = "Standing"});
  routes.get("/api/v1/ratelimit/{tier}/{subject}", for_session_or_program("limits:read"), show_limit,
             {.name = "limit",
              .summary = "Where a subject stands in a tier",
              .tag = "Limits and blocks",
              .response_schema = "Standing",
              .error_schema = "Standing"});
  routes.del(
      "/api/v1/ratelimit/{tier}/{subject}", for_session_or_program("limits:write"), forget_limit,
      {.name = "limit_reset", .summary = "Forget what a subject has spent", .tag = "Limits and blocks"});
}

}  // namespace picket::authd
