#include "alertd/api/rules_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>

#include "alertd/api/prometheus_answer.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

using Json = nlohmann::ordered_json;

Json templates_object(const std::vector<NamedTemplate>& templates) {
  Json json = Json::object();
  for (const NamedTemplate& named : templates) json[named.name] = named.value.text();
  return json;
}

/// 60 and not 60.0, as Go writes it.
Json number(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (std::abs(value) < kExact && std::trunc(value) == value) return static_cast<std::int64_t>(value);
  return value;
}

/// Go's zero time is what stands for "never".
std::string time_text(Timestamp time) {
  return time == kNever ? "0001-01-01T00:00:00Z" : format_rfc3339(time);
}

/// Go's strconv.FormatFloat(value, 'e', -1, 64): "1e+00".
std::string value_text(double value) {
  if (!std::isfinite(value)) return format_double(value);
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  return {buffer.data(), end.ptr};
}

Json alert_json(const ActiveAlert& alert) {
  Json json = {{"labels", labels_object(alert.labels)},
               {"annotations", labels_object(alert.annotations)},
               {"state", to_string(alert.state)},
               {"activeAt", time_text(alert.active_at)}};
  if (alert.keep_firing_since != kNever) json["keepFiringSince"] = time_text(alert.keep_firing_since);
  json["value"] = value_text(alert.value);
  return json;
}

Json active_alerts(const RuleState& state) {
  Json alerts = Json::array();
  for (const auto& [labels, alert] : state.alerts) {
    if (alert.state != AlertState::Inactive) alerts.push_back(alert_json(alert));
  }
  return alerts;
}

std::string_view rule_state(const RuleState& state) {
  if (state.count(AlertState::Firing) > 0) return to_string(AlertState::Firing);
  return to_string(state.count(AlertState::Pending) > 0 ? AlertState::Pending : AlertState::Inactive);
}

Json rule_json(const AlertingRule& rule, const RuleState& state, bool exclude_alerts) {
  Json json = {{"state", rule_state(state)},
               {"name", rule.name},
               {"query", rule.expr},
               {"duration", number(seconds(rule.hold))},
               {"keepFiringFor", number(seconds(rule.keep_firing_for))},
               {"labels", templates_object(rule.labels)},
               {"annotations", templates_object(rule.annotations)},
               {"alerts", exclude_alerts ? Json(nullptr) : active_alerts(state)},
               {"health", to_string(state.health)}};
  if (!state.last_error.empty()) json["lastError"] = state.last_error;
  json["evaluationTime"] = number(seconds(state.evaluation_time));
  json["lastEvaluation"] = time_text(state.last_evaluation);
  json["type"] = "alerting";
  return json;
}

Json rule_json(const RecordingRule& rule) {
  Json labels = Json::object();
  for (const auto& [name, value] : rule.labels) labels[name] = value;
  return {{"name", rule.name},
          {"query", rule.expr},
          {"labels", std::move(labels)},
          {"health", to_string(RuleHealth::Unknown)},
          {"lastError", kRecordingRuleError},
          {"evaluationTime", 0},
          {"lastEvaluation", time_text(kNever)},
          {"type", "recording"}};
}

/// Both kinds in the order of the file.
Json rules_of(const GroupStatus& status, const RuleFilter& filter) {
  const RuleGroup& group = *status.group;
  Json rules = Json::array();
  auto recording = group.recording_rules.begin();
  const auto add_recording_before = [&](std::size_t place) {
    for (; recording != group.recording_rules.end() && recording->alerting_rules_before <= place; ++recording)
      if (filter.has_rule(*recording)) rules.push_back(rule_json(*recording));
  };
  for (std::size_t i = 0; i < group.rules.size() && i < status.states.size(); ++i) {
    add_recording_before(i);
    if (!filter.has_rule(group.rules[i])) continue;
    rules.push_back(rule_json(group.rules[i], *status.states[i], filter.exclude_alerts));
  }
  add_recording_before(group.rules.size());
  return rules;
}

Json group_json(const GroupStatus& status, Json rules) {
  return {{"name", status.group->name},
          {"file", status.group->file},
          {"rules", std::move(rules)},
          {"interval", number(seconds(status.group->interval))},
          {"limit", status.group->limit},
          {"evaluationTime", number(seconds(status.evaluation_time))},
          {"lastEvaluation", time_text(status.last_evaluation)}};
}

}  // namespace

Response rules_answer(std::vector<GroupStatus> groups, const RuleFilter& filter) {
  std::ranges::sort(
      groups, {}, [](const GroupStatus& status) { return std::tie(status.group->file, status.group->name); });
  auto status = groups.begin();
  if (!filter.group_next_token.empty()) {
    status = std::ranges::find_if(
        groups, [&](const GroupStatus& s) { return group_token(*s.group) == filter.group_next_token; });
    if (status == groups.end())
      return prometheus_error(400, "bad_data",
                              fmt::format("invalid parameter \"group_next_token\": invalid group_next_token "
                                          "'{}'. were rule groups changed?",
                                          filter.group_next_token));
  }
  Json list = Json::array();
  Json answer = {{"groups", nullptr}};
  for (; status != groups.end(); ++status) {
    if (!filter.has_group(*status->group)) continue;
    Json rules = rules_of(*status, filter);
    if (rules.empty()) continue;
    if (filter.group_limit > 0 && list.size() == static_cast<std::size_t>(filter.group_limit)) {
      answer["groupNextToken"] = group_token(*status->group);
      break;
    }
    list.push_back(group_json(*status, std::move(rules)));
  }
  answer["groups"] = std::move(list);
  return prometheus_success(std::move(answer));
}

Response alerts_answer(const std::vector<GroupStatus>& groups, const RuleFilter& filter) {
  Json list = Json::array();
  for (const GroupStatus& status : groups) {
    if (!filter.has_group(*status.group)) continue;
    for (std::size_t i = 0; i < status.group->rules.size() && i < status.states.size(); ++i) {
      if (!filter.has_rule(status.group->rules[i])) continue;
      for (Json& alert : active_alerts(*status.states[i])) list.push_back(std::move(alert));
    }
  }
  return prometheus_success({{"alerts", std::move(list)}});
}

}  // namespace picket::alertd
