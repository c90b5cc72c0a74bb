#include "authd/http/audit_routes.h"

#include <nlohmann/json.hpp>

#include "authd/http/problems.h"
#include "base/json/json.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using nlohmann::json;
constexpr std::int64_t kPageMax = 1000;
constexpr int kExportPage = 500;

std::string text_param(const picket::Target& target, std::string_view name) {
  const std::string* value = target.param(name);
  return value == nullptr ? "" : *value;
}

Result<std::int64_t> number_param(const picket::Target& target, std::string_view name, std::int64_t otherwise,
                                  std::int64_t max) {
  const std::string* value = target.param(name);
  if (value == nullptr) return otherwise;
  const Result<std::int64_t> number = parse_int(*value);
  if (!number || *number < 0 || *number > max)
    return fail(ErrorKind::InvalidInput, fmt::format("{} is a number from 0 to {}", name, max));
  return *number;
}

Result<std::optional<WallTime>> time_param(const picket::Target& target, std::string_view name) {
  const std::string* value = target.param(name);
  if (value == nullptr) return std::optional<WallTime>();
  const Result<WallTime> time = parse_rfc3339(*value);
  if (!time) return fail(time, name);
  return std::optional<WallTime>(*time);
}

Result<AuditFilter> filter_of(const picket::Target& target) {
  AuditFilter filter{.user_id = text_param(target, "user"),
                     .action = text_param(target, "action"),
                     .resource = text_param(target, "resource"),
                     .result = text_param(target, "result"),
                     .ip = text_param(target, "ip")};
  const Result<std::optional<WallTime>> from = time_param(target, "from");
  if (!from) return fail(from);
  const Result<std::optional<WallTime>> to = time_param(target, "to");
  if (!to) return fail(to);
  const auto before = number_param(target, "before", 0, std::numeric_limits<std::int64_t>::max());
  if (!before) return fail(before);
  const Result<std::int64_t> limit = number_param(target, "limit", 100, kPageMax);
  if (!limit) return fail(limit);
  filter.from = *from;
  filter.to = *to;
  filter.before_seq = *before;
  filter.limit = static_cast<int>(*limit);
  return filter;
}

/// Everybody reads his own entries; those of others need more.
Response query(const HttpParts& parts, Visit& visit) {
  Result<AuditFilter> filter = filter_of(visit.request.target);
  if (!filter) return problem_of(filter.error());
  const Actor actor = visit.actor();
  if (filter->user_id.empty() && !authorize(actor, "audit:read", {.resource_id = "", .owner_id = ""}))
    filter->user_id = actor.user_id;
  const Result<void> may = authorize(actor, "audit:read", {.resource_id = "", .owner_id = filter->user_id});
  if (!may) return problem_of(may.error());
  const Result<std::vector<AuditRow>> rows = parts.audit.query(*filter);
  if (!rows) return problem_of(rows.error());
  json events = json::array();
  for (const AuditRow& row : *rows) events.push_back(parse_json(jsonl_line(row)).value_or(json()));
  const bool is_full = rows->size() == static_cast<std::size_t>(filter->limit);
  return private_json(
      200,
      to_json(json{{"events", events},
                   {"next_before", is_full && !rows->empty() ? json(rows->back().seq) : json(nullptr)}}));
}

/// The whole log, a page at a time.
class AuditExport final : public BodyStream {
 public:
  AuditExport(AuditLog& log, std::int64_t after) : log_(log), after_(after) {}

  bool next(std::string& out) override {
    const Result<std::vector<AuditRow>> rows = log_.read(after_, kExportPage);
    if (!rows) {
      out += R"({"error":"the export ends here: the store does not answer"})"
             "\n";
      return false;
    }
    for (const AuditRow& row : *rows) out += jsonl_line(row) + "\n";
    if (!rows->empty()) after_ = rows->back().seq;
    return rows->size() == static_cast<std::size_t>(kExportPage);
  }

 private:
  AuditLog& log_;
  std::int64_t after_;
};

Response export_all(const HttpParts& parts, Visit& visit) {
  const auto after = number_param(visit.request.target, "after", 0, std::numeric_limits<std::int64_t>::max());
  if (!after) return problem_of(after.error());
  Response response{.status = 200};
  response.headers.set("Content-Type", "application/jsonl; charset=utf-8");
  response.headers.set("Content-Disposition", R"(attachment; filename="audit.jsonl")");
  response.stream = std::make_shared<AuditExport>(parts.audit, *after);
  return response;
}

Response check_chain(const HttpParts& parts, Visit&) {
  const Result<AuditVerdict> verdict = parts.audit.verify(0, 0);
  if (!verdict) return problem_of(verdict.error());
  json object = {{"intact", !verdict->broken.has_value()},
                 {"checked", verdict->checked},
                 {"first", verdict->first},
                 {"last", verdict->last}};
  if (verdict->broken)
    object["broken"] = {{"seq", verdict->broken->seq}, {"reason", verdict->broken->reason}};
  return private_json(200, to_json(object));
}

}  // namespace

void add_audit_routes(RouteTable& routes) {
  routes.get("/api/v1/audit", for_session_or_program("audit:read"), query,
             {.name = "audit",
              .summary = "What happened, newest first",
              .tag = "Audit log",
              .response_schema = "AuditEvents"});
  routes.get("/api/v1/audit/export", for_session_or_program("audit:export"), export_all,
             {.name = "audit_export", .summary = "The whole log as JSON lines", .tag = "Audit log"});
  routes.get("/api/v1/audit/verify", for_session_or_program("audit:verify"), check_chain,
             {.name = "audit_verify",
              .summary = "Check the hash chain",
              .tag = "Audit log",
              .response_schema = "AuditVerdict"});
}

}  // namespace picket::authd
