#include "exporters/health/api/api_json.h"

#include <cmath>
#include <map>
#include <vector>

#include "base/json/json.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/health/engine/recommendation.h"

namespace picket::health {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kMaxLatencyMs = 86'400'000;

double millis(Duration duration) {
  return std::round(seconds(duration) * 1e6) / 1e3;
}

Json time_or_null(const std::optional<WallTime>& time) {
  return time ? Json(format_rfc3339(*time)) : Json(nullptr);
}

Json uptime_of(const CheckStatus& check) {
  Json uptime = Json::object();
  for (std::size_t i = 0; i < kUptimeWindows.size(); ++i) {
    const std::string window(kUptimeWindows[i].name);
    uptime[window] = check.uptime[i] < 0 ? Json(nullptr) : Json(check.uptime[i]);
  }
  return uptime;
}

Json last_error_of(const CheckStatus& check) {
  if (!check.last_error) return nullptr;
  const LastError& error = *check.last_error;
  const bool warning = error.reason == FailureReason::None;
  return {{"time", format_rfc3339(error.at)},
          {"reason", warning ? "warning" : to_string(error.reason)},
          {"message", error.message}};
}

Json state_seconds(const CheckStatus& check) {
  Json times = Json::object();
  for (std::size_t i = 0; i < kStateCount; ++i) times[std::string(kStateNames[i])] = seconds(check.times[i]);
  return times;
}

void add_details(Json& json, const CheckStatus& check) {
  json["interval_seconds"] = seconds(check.config->interval);
  json["seconds_in_state"] = state_seconds(check);
  json["probes"] = check.counters.probes;
  Json failures = Json::object();
  for (std::size_t i = 1; i < kFailureReasonCount; ++i) {
    if (check.counters.failures[i] > 0)
      failures[std::string(kFailureReasonNames[i])] = check.counters.failures[i];
  }
  json["failures"] = std::move(failures);
  Json phases = Json::object();
  for (std::size_t i = 0; check.last && i < kPhaseCount; ++i) {
    const std::int32_t micros = check.last->phase_micros[i];
    if (micros >= 0) phases[std::string(kPhaseNames[i])] = static_cast<double>(micros) / 1e3;
  }
  json["phases_ms"] = std::move(phases);
  // What a probe that went well has to say: INFO refused, for example.
  const bool note = check.last && check.last->success && !check.last->detail.empty();
  json["note"] = note ? Json(check.last->detail) : Json(nullptr);
}

/// Elements appended one by one, so that ten thousand services are never a tree of JSON objects at once.
template <class Items, class Write>
std::string array_of(const Items& items, Write write) {
  std::string out = "[";
  for (const auto& item : items) {
    const std::string element = write(item);
    if (element.empty()) continue;
    if (out.size() > 1) out += ',';
    out += element;
  }
  return out + "]";
}

/// The object without its closing brace, and one more member.
std::string with_member(const Json& object, std::string_view name, const std::string& value) {
  std::string out = to_json(object);
  out.pop_back();
  if (!object.empty()) out += ',';
  return fmt::format("{}{}:{}}}", out, to_json(Json(std::string(name))), value);
}

Failure wrong(std::string_view what) {
  return fail(ErrorKind::InvalidInput, std::string(what));
}

Result<Json> parse_object(std::string_view body) {
  Result<Json> json = parse_ordered_json(body);
  if (!json) return wrong("the body is not JSON");
  if (!json->is_object()) return wrong("the body must be a JSON object");
  return json;
}

Result<std::string> text_field(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::string();
  if (!found->is_string()) return wrong(fmt::format("{} must be a string", key));
  auto text = found->get<std::string>();
  if (text.size() > 1000) return wrong(fmt::format("{} must be at most 1000 bytes", key));
  return text;
}

Result<void> check_keys(const Json& json, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : json.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return wrong(fmt::format("there is no field \"{}\"", truncate(key, 50)));
    }
  }
  return {};
}

/// Seconds as a number, or a duration as text.
Result<std::optional<Duration>> ttl_field(const Json& json) {
  const auto found = json.find("ttl");
  if (found == json.end()) return std::optional<Duration>();
  std::optional<Duration> ttl;
  if (found->is_number()) ttl = from_seconds(found->get<double>());
  if (found->is_string()) {
    const Result<Duration> parsed = parse_duration(found->get<std::string>());
    if (parsed) ttl = *parsed;
  }
  if (!ttl || *ttl < std::chrono::seconds(1) || *ttl > std::chrono::hours(24 * 7)) {
    return wrong("ttl must be seconds or a duration such as \"90s\", between 1s and 7d");
  }
  return ttl;
}

/// [{"name", "title", "state"}], in the order of the file.
Json groups_of(const Snapshot& snapshot) {
  std::map<std::string_view, std::vector<Rated>> rated;
  for (const CheckStatus& check : snapshot.checks) {
    rated[check.config->group].push_back({check.config->criticality, check.state});
  }
  Json groups = Json::array();
  for (const GroupConfig& group : snapshot.config->groups) {
    groups.push_back(
        {{"name", group.name}, {"title", group.title}, {"state", to_string(group_state(rated[group.name]))}});
  }
  return groups;
}

}  // namespace

std::string service_json(const CheckStatus& check, bool detailed) {
  const CheckConfig& config = *check.config;
  Json json = {{"name", config.name},
               {"group", config.group},
               {"criticality", to_string(config.criticality)},
               {"prober", config.kind()},
               {"target", config.target()},
               {"state", to_string(check.state)},
               {"since", format_rfc3339(check.since)},
               {"latency_ms", check.last ? Json(millis(check.last->duration)) : Json(nullptr)},
               {"last_probe", time_or_null(check.last_probe)},
               {"last_success", time_or_null(check.last_success)},
               {"consecutive_failures", check.failures_in_row},
               {"flapping", check.flapping},
               {"uptime", uptime_of(check)},
               {"last_error", last_error_of(check)}};
  const std::string recommendation = recommendation_for(check);
  json["recommendation"] = recommendation.empty() ? Json(nullptr) : Json(recommendation);
  if (detailed) add_details(json, check);
  return to_json(json);
}

std::string detailed_json(const Snapshot& snapshot, Overall overall) {
  std::array<std::size_t, kStateCount> counts{};
  for (const CheckStatus& check : snapshot.checks) ++counts[index_of(check.state)];
  Json summary = Json::object();
  for (std::size_t i = 0; i < kStateCount; ++i) summary[std::string(kStateNames[i])] = counts[i];
  const Json head = {{"status", to_string(overall)},
                     {"time", format_rfc3339(snapshot.taken)},
                     {"summary", std::move(summary)},
                     {"groups", groups_of(snapshot)}};
  return with_member(head, "services",
                     array_of(snapshot.checks, [](const CheckStatus& c) { return service_json(c, false); }));
}

std::string services_json(const Snapshot& snapshot, std::string_view group, std::optional<State> state) {
  std::size_t total = 0;
  const std::string services = array_of(snapshot.checks, [&](const CheckStatus& check) {
    const bool keep = (group.empty() || check.config->group == group) && (!state || check.state == *state);
    if (!keep) return std::string();
    ++total;
    return service_json(check, false);
  });
  return with_member(Json{{"total", total}}, "services", services);
}

std::string business_json(std::string_view status, std::span<const CheckStatus* const> checks) {
  return with_member(
      Json{{"status", status}}, "checks", array_of(checks, [](const CheckStatus* check) {
        return to_json(Json{{"name", check->config->name}, {"state", to_string(check->state)}});
      }));
}

std::string uptime_json(const Snapshot& snapshot) {
  return with_member(Json{{"time", format_rfc3339(snapshot.taken)}}, "services",
                     array_of(snapshot.checks, [](const CheckStatus& check) {
                       return to_json(Json{{"name", check.config->name},
                                           {"group", check.config->group},
                                           {"state", to_string(check.state)},
                                           {"uptime", uptime_of(check)},
                                           {"seconds_in_state", state_seconds(check)}});
                     }));
}

std::string event_json(const Event& event) {
  const auto state = [](const std::optional<State>& s) { return s ? Json(to_string(*s)) : Json(nullptr); };
  return to_json(Json{{"id", event.id},
                      {"time", format_rfc3339(event.at)},
                      {"kind", event.to ? "state" : "note"},
                      {"check", event.check.empty() ? Json(nullptr) : Json(event.check)},
                      {"from", state(event.from)},
                      {"to", state(event.to)},
                      {"reason", event.reason},
                      {"message", event.message}});
}

std::string events_json(const HistoryRecorder::Page& page, std::size_t limit) {
  const bool more = page.events.size() >= limit;
  const Json head = {{"complete", page.complete},
                     {"next_cursor", more ? Json(page.events.back().id) : Json(nullptr)}};
  return with_member(head, "events", array_of(page.events, event_json));
}

std::string status_json(std::string_view status, std::string_view reason) {
  Json json = {{"status", status}};
  if (!reason.empty()) json["reason"] = reason;
  return to_json(json);
}

Result<HeartbeatReport> parse_heartbeat(std::string_view body) {
  const Result<Json> json = parse_object(body);
  if (!json) return fail(json);
  const Result<void> keys = check_keys(*json, {"status", "message", "ttl", "latency_ms"});
  if (!keys) return fail(keys);
  const Result<std::string> status = text_field(*json, "status");
  if (!status) return fail(status);
  const std::optional<State> state = parse_state(*status);
  if (!state || *state == State::Unknown || *state == State::Maintenance) {
    return wrong("status must be operational, degraded or down");
  }
  Result<std::string> message = text_field(*json, "message");
  if (!message) return fail(message);
  const auto ttl = ttl_field(*json);
  if (!ttl) return fail(ttl);
  HeartbeatReport report{.state = *state, .message = std::move(*message), .ttl = *ttl};
  if (const auto latency = json->find("latency_ms"); latency != json->end()) {
    if (!latency->is_number() || latency->get<double>() < 0 || latency->get<double>() > kMaxLatencyMs)
      return wrong("latency_ms must be a number from 0 to 86400000 (a day)");
    report.latency = from_seconds(latency->get<double>() / 1e3);
  }
  return report;
}

Result<Note> parse_note(std::string_view body) {
  const Result<Json> json = parse_object(body);
  if (!json) return fail(json);
  const Result<void> keys = check_keys(*json, {"message", "check", "source"});
  if (!keys) return fail(keys);
  Note note;
  for (const auto& [key, field] :
       {std::pair{"message", &note.message}, {"check", &note.check}, {"source", &note.source}}) {
    Result<std::string> text = text_field(*json, key);
    if (!text) return fail(text);
    *field = std::move(*text);
  }
  if (note.message.empty()) return wrong("message is missing");
  return note;
}

}  // namespace picket::health
