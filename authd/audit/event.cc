#include "authd/audit/event.h"

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTextMax = 1024;
constexpr std::size_t kUserAgentMax = 256;
constexpr std::size_t kDetailsMax = 8192;
constexpr int kDetailsDepthMax = 16;
constexpr int kLineDepthMax = kDetailsDepthMax + 2;  // the details are inside it; they once had one more
constexpr std::string_view kNul("\0", 1);            // PostgreSQL's TEXT cannot hold it

std::string clean(std::string_view text, std::size_t max) {
  return truncate(replace_all(repair_utf8(text), kNul, "\uFFFD"), max);
}

/// Null when the text is no JSON or nests too deep.
Json parse(std::string_view text, int depth) {
  return parse_json(text, {.depth = depth}).value_or(Json());
}

Result<std::string> canonical_details(std::string_view details) {
  if (details.size() > kDetailsMax) return fail(ErrorKind::InvalidInput, "the details are too long");
  const Json json = parse(details, kDetailsDepthMax);
  if (!json.is_object()) return fail(ErrorKind::InvalidInput, "the details are no JSON object");
  return to_json(json);
}

std::string member_text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_members(const Json& json) {
  const auto details = json.find("details");
  const auto seq = json.find("seq");
  return json.is_object() && details != json.end() && details->is_object() && seq != json.end() &&
         seq->is_number_integer();
}

}  // namespace

std::string audit_details(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  Json json = Json::object();
  for (const auto& [name, value] : members) json[std::string(name)] = repair_utf8(value);
  return to_json(json);
}

Result<AuditEvent> canonical_event(AuditEvent event) {
  auto details = canonical_details(event.details);
  if (!details) return fail(details);
  event.details = std::move(*details);
  event.timestamp = from_unix_millis(unix_millis(event.timestamp));
  event.user_agent = clean(event.user_agent, kUserAgentMax);
  for (std::string* text : {&event.user_id, &event.ip, &event.action, &event.resource, &event.result}) {
    *text = clean(*text, kTextMax);
  }
  return event;
}

std::string canonical_line(const AuditEvent& event) {
  return fmt::format(
      R"({{"timestamp":"{}","userId":{},"ip":{},"userAgent":{},"action":{},"resource":{},"result":{},"details":{}}})",
      format_rfc3339(event.timestamp), json_quote(event.user_id), json_quote(event.ip),
      json_quote(event.user_agent), json_quote(event.action), json_quote(event.resource),
      json_quote(event.result), event.details);
}

std::string jsonl_line(const AuditRow& row) {
  std::string line = escape_invisible(canonical_line(row.event));
  line.pop_back();
  return fmt::format(R"({},"seq":{},"hash":{}}})", line, row.seq, json_quote(row.hash));
}

Result<AuditRow> parse_jsonl_line(std::string_view line) {
  const Json json = parse(line, kLineDepthMax);
  if (!json.is_object() || !has_members(json))
    return fail(ErrorKind::InvalidInput, "no line of an audit log");
  const auto timestamp = parse_rfc3339(member_text(json, "timestamp"));
  if (!timestamp) return fail(timestamp, "timestamp");
  AuditRow row;
  row.seq = json["seq"].get<std::int64_t>();
  row.hash = member_text(json, "hash");
  row.event = {.timestamp = *timestamp,
               .user_id = member_text(json, "userId"),
               .ip = member_text(json, "ip"),
               .user_agent = member_text(json, "userAgent"),
               .action = member_text(json, "action"),
               .resource = member_text(json, "resource"),
               .result = member_text(json, "result"),
               .details = to_json(json["details"])};
  return row;
}

}  // namespace picket::authd
