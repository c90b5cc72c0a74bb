// /api/v1/rules and /api/v1/alerts: what a request may ask for, and the text of each value. That a real
// Prometheus answers the same is tests/e2e/alertd_api.
#include "alertd/api/rules_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/json/json.h"

namespace picket::alertd {
namespace {

using Json = nlohmann::json;

AlertingRule rule(const std::string& name, const std::string& severity) {
  AlertingRule rule;
  rule.name = name;
  rule.expr = "up == 0";
  rule.labels.push_back(
      {"severity", Template::compile({.name = "rule", .text = severity}, rule_template_options()).value()});
  return rule;
}

ActiveAlert alert(const std::string& instance, AlertState state, double value) {
  ActiveAlert alert;
  alert.labels = Labels({{"instance", instance}});
  alert.state = state;
  alert.value = value;
  alert.active_at = Timestamp(std::chrono::seconds(1767614400));
  return alert;
}

GroupStatus status(const std::string& file, const std::string& name, std::vector<AlertingRule> rules) {
  RuleGroup group;
  group.file = file;
  group.name = name;
  group.rules = std::move(rules);
  GroupStatus status;
  for (std::size_t i = 0; i < group.rules.size(); ++i)
    status.states.push_back(std::make_shared<const RuleState>());
  status.group = std::make_shared<const RuleGroup>(std::move(group));
  return status;
}

/// b.yml has group "disks" with DiskFull, DiskSlow; a.yml has "hosts" with HostDown and a recording rule, and
/// "net" with LinkDown.
std::vector<GroupStatus> groups() {
  std::vector<GroupStatus> all;
  all.push_back(status("b.yml", "disks", {rule("DiskFull", "page"), rule("DiskSlow", "chat")}));
  all.push_back(status("a.yml", "net", {rule("LinkDown", "page")}));
  GroupStatus hosts = status("a.yml", "hosts", {rule("HostDown", "{{ $value }}")});
  auto with_recording = std::make_shared<RuleGroup>(*hosts.group);
  with_recording->recording_rules.push_back({.name = "job:up:sum",
                                             .expr = "sum(up)",
                                             .labels = {{"team", "a"}},
                                             .alerting_rules_before = 0,
                                             .position = {}});
  with_recording->recording_rules.push_back(
      {.name = "job:up:avg", .expr = "avg(up)", .labels = {}, .alerting_rules_before = 1, .position = {}});
  hosts.group = with_recording;
  all.push_back(hosts);
  return all;
}

Response ask(const std::string& query) {
  const std::optional<Target> target = Target::parse("/api/v1/rules?" + query);
  const Result<RuleFilter> filter = parse_rule_filter(target.value());
  if (!filter) return Response::text(400, filter.error().message);
  return rules_answer(groups(), *filter);
}

/// "hosts: job:up:sum HostDown; net: LinkDown"
std::string names(const Response& response) {
  if (response.status != 200) return response.body;
  const Json answer = parse_json(response.body).value();
  std::string text;
  for (const Json& group : answer.at("data").at("groups")) {
    if (!text.empty()) text += "; ";
    text += group.at("name").get<std::string>() + ":";
    for (const Json& rule : group.at("rules")) text += " " + rule.at("name").get<std::string>();
  }
  return text;
}

TEST(RuleFilter, ChoosesRulesAsPrometheusDoes) {
  const std::string hosts = "hosts: job:up:sum HostDown job:up:avg";
  const std::string net = "net: LinkDown";
  const std::string disks = "disks: DiskFull DiskSlow";
  const struct {
    std::string query, names;
  } cases[] = {
      {"", hosts + "; " + net + "; " + disks},  // by file and name
      {"type=alert", "hosts: HostDown; " + net + "; " + disks},
      {"type=ALERT", "hosts: HostDown; " + net + "; " + disks},
      {"type=record", "hosts: job:up:sum job:up:avg"},
      {"type=records", R"(invalid parameter "type": not supported value "records")"},
      {"rule_name[]=DiskFull", "disks: DiskFull"},
      {"rule_name%5B%5D=DiskFull&rule_name[]=job:up:sum", "hosts: job:up:sum; disks: DiskFull"},
      {"rule_name[]=nobody", ""},
      {"rule_group[]=net&rule_group[]=disks", net + "; " + disks},
      {"file[]=a.yml", hosts + "; " + net},
      {"file[]=a.yml&rule_group[]=net&rule_name[]=LinkDown", net},
      {"file[]=b.yml&rule_group[]=net", ""},
      {"match[]={severity=%22page%22}", "net: LinkDown; disks: DiskFull"},
      {"match[]={severity=%22chat%22}&match[]={team=%22a%22}", "hosts: job:up:sum; disks: DiskSlow"},
      {"match[]={severity=~%22.*value.*%22}", "hosts: HostDown"},  // before it is expanded
      {"match[]={severity=%22%22}",
       R"(invalid parameter "match[]": match[] must contain at least one non-empty matcher)"},
      {"exclude_alerts=perhaps", R"(invalid parameter "exclude_alerts": not a boolean: "perhaps")"},
      {"group_limit=0", R"(invalid parameter "group_limit": group_limit needs to be greater than 0)"},
      {"group_limit=x", R"(invalid parameter "group_limit": group_limit needs to be a valid number: "x")"},
      {"group_next_token=x",
       R"(invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups)"},
  };
  for (const auto& row : cases) EXPECT_EQ(names(ask(row.query)), row.names) << row.query;
}

TEST(RuleFilter, GivesPageAfterPage) {
  std::string seen;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const Response response = ask("group_limit=1&group_next_token=" + token);
    seen += names(response) + "|";
    token = parse_json(response.body).value().at("data").value("groupNextToken", "");
    EXPECT_EQ(token.empty(), page == 2);
  }
  EXPECT_EQ(seen, "hosts: job:up:sum HostDown job:up:avg|net: LinkDown|disks: DiskFull DiskSlow|");
  const Response wrong = ask("group_limit=1&group_next_token=gone");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(parse_json(wrong.body).value().at("errorType"), "bad_data");
}

TEST(RulesJson, SaysNeverAsGoDoes) {
  const Json answer = parse_json(ask("rule_group[]=hosts").body).value();
  const Json& group = answer.at("data").at("groups").at(0);
  EXPECT_EQ(group.at("lastEvaluation"), "0001-01-01T00:00:00Z");
  for (const Json& each : group.at("rules")) EXPECT_EQ(each.at("lastEvaluation"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(group.at("rules").at(1).contains("lastError"), false);
  EXPECT_EQ(group.at("interval").dump(), "60");
}

TEST(RulesJson, NamesRecordingRulesAndWhyTheyAreNotEvaluated) {
  const Json answer = parse_json(ask("type=record").body).value();
  const Json& shown = answer.at("data").at("groups").at(0).at("rules").at(0);
  EXPECT_EQ(shown.at("type"), "recording");
  EXPECT_EQ(shown.at("query"), "sum(up)");
  EXPECT_EQ(shown.at("labels").dump(), R"({"team":"a"})");
  EXPECT_EQ(shown.at("health"), "unknown");
  EXPECT_EQ(shown.at("lastError"), kRecordingRuleError);
}

TEST(RulesJson, PrintsValuesAsGoDoes) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::pair<double, std::string> cases[] = {
      {0, "0e+00"},        {1, "1e+00"},        {-1.5, "-1.5e+00"}, {1234567, "1.234567e+06"},
      {0.1, "1e-01"},      {1e100, "1e+100"},   {5e-324, "5e-324"}, {std::nan(""), "NaN"},
      {kInfinity, "+Inf"}, {-kInfinity, "-Inf"}};
  for (const auto& [value, text] : cases) {
    GroupStatus group = status("a.yml", "a", {rule("A", "page")});
    RuleState state;
    const ActiveAlert active = alert("x", AlertState::Firing, value);
    state.alerts.emplace(active.labels, active);
    group.states = {std::make_shared<const RuleState>(state)};
    const Json answer = parse_json(alerts_answer({group}, {}).body).value();
    EXPECT_EQ(answer.at("data").at("alerts").at(0).at("value"), text);
  }
}

TEST(RulesJson, LeavesAlertsOut) {
  GroupStatus group = status("a.yml", "a", {rule("A", "page")});
  RuleState state;
  for (const ActiveAlert& active : {alert("x", AlertState::Firing, 1), alert("y", AlertState::Pending, 1),
                                    alert("z", AlertState::Inactive, 1)}) {
    state.alerts.emplace(active.labels, active);
  }
  group.states = {std::make_shared<const RuleState>(state)};
  const auto shown = [&](const RuleFilter& filter) {
    const Json answer = parse_json(rules_answer({group}, filter).body).value();
    return answer.at("data").at("groups").at(0).at("rules").at(0);
  };
  EXPECT_EQ(shown({}).at("alerts").size(), 2U);
  EXPECT_EQ(shown({}).at("state"), "firing");
  RuleFilter without;
  without.exclude_alerts = true;
  EXPECT_EQ(shown(without).at("alerts"), nullptr);
  EXPECT_EQ(shown(without).at("state"), "firing");
}

}  // namespace
}  // namespace picket::alertd
