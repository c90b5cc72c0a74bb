#include "alertd/config/alertd_config.h"

#include <algorithm>
#include <array>
#include <set>

#include "alertd/routing/route_tree.h"

namespace picket::alertd {
namespace {

void check_email(MapReader& r, const ReceiverConfig& receiver, const SmtpSettings& global) {
  for (const EmailConfig& email : receiver.email) {
    const SmtpSettings smtp = email.smtp.over(global);
    if (smtp.smarthost.empty()) {
      r.problem(
          "receivers",
          fmt::format("\"{}\" sends email: smarthost, or global.smtp_smarthost, is required", receiver.name));
    }
    if (smtp.from.empty())
      r.problem("receivers",
                fmt::format("\"{}\" sends email: from, or global.smtp_from, is required", receiver.name));
  }
}

void check_slack(MapReader& r, const ReceiverConfig& receiver, const Secret& global) {
  const bool missing = global.empty() && std::ranges::any_of(receiver.slack, [](const SlackConfig& slack) {
                         return slack.api_url.empty();
                       });
  if (missing)
    r.problem("receivers", fmt::format("\"{}\" posts to Slack: api_url, or global.slack_api_url, is required",
                                       receiver.name));
}

/// Integrations of Alertmanager's that are not here: their settings are in many a file, mostly unused.
constexpr std::array<std::string_view, 15> kForeignSettings = {
    "pagerduty_", "opsgenie_",   "victorops_",  "pushover_",   "wechat_",
    "hipchat_",   "telegram_",   "discord_",    "webex_",      "msteams_",
    "jira_",      "rocketchat_", "mattermost_", "incidentio_", "slack_app_"};

void warn(MapReader& r, GlobalConfig& c, std::string_view key, std::string_view why) {
  const Position position = r.at(key)->node().position;
  c.warnings.push_back(fmt::format("{}:{}:{}: global.{}: {}", r.context().problems.file(), position.line,
                                   position.column, key, why));
}

void read_unused(MapReader& r, GlobalConfig& c) {
  Duration unused{};
  if (r.read("resolve_timeout", unused))
    warn(r, c, "resolve_timeout", "has no effect: it is for alerts that are posted, and none can be");
  for (const YamlNode::Entry& entry : r.value().node().entries) {
    const bool foreign = std::ranges::any_of(
        kForeignSettings, [&](std::string_view start) { return entry.key.starts_with(start); });
    if (foreign) warn(r, c, entry.key, "has no effect: there is no such receiver here");
  }
  // Of prometheus.yml, without a meaning here: we scrape nothing.
  for (const char* key : {"scrape_interval", "scrape_timeout", "query_log_file"}) r.ignore(key);
}

void check_intervals(MapReader& r, const std::vector<NamedInterval>& intervals) {
  std::set<std::string> names;
  for (const NamedInterval& interval : intervals) {
    if (names.insert(interval.name).second) continue;
    r.context().problems.add(interval.position, "time_intervals",
                             fmt::format("\"{}\" is defined twice", interval.name));
  }
}

std::vector<std::string> check_receivers(MapReader& r, const AlertdConfig& c) {
  std::vector<std::string> names;
  for (const ReceiverConfig& receiver : c.receivers) {
    if (std::ranges::find(names, receiver.name) != names.end()) {
      r.problem("receivers", fmt::format("\"{}\" is defined twice", receiver.name));
    }
    names.push_back(receiver.name);
    check_email(r, receiver, c.global.smtp);
    check_slack(r, receiver, c.global.slack_api_url);
  }
  return names;
}

}  // namespace

void read_yaml(MapReader& r, GlobalConfig& c) {
  r.read("evaluation_interval", c.evaluation_interval);
  if (c.evaluation_interval <= Duration::zero()) r.problem("evaluation_interval", "must be more than 0");
  r.read("rule_query_offset", c.rule_query_offset);
  r.read("external_labels", c.external_labels);
  read_smtp_server(r, c.smtp, "smtp_");
  if (r.read("smtp_from", c.smtp.from)) check_mailbox(r, "smtp_from", c.smtp.from);
  if (r.read_secret("slack_api_url", c.slack_api_url))
    check_url(r, "slack_api_url", c.slack_api_url.reveal());
  r.read("http_config", c.http);
  read_unused(r, c);
}

void read_yaml(MapReader& r, DeliveryConfig& c) {
  r.read("initial_backoff", c.initial);
  r.read("max_backoff", c.max);
  r.read("max_retry_after", c.max_retry_after);
  r.read("lifetime", c.lifetime);
  r.read("payload_retention", c.payload_retention);
  if (c.initial <= Duration::zero()) r.problem("initial_backoff", "must be more than 0");
  if (c.payload_retention < Duration::zero()) r.problem("payload_retention", "must not be negative");
  if (c.max < c.initial) r.problem("max_backoff", "must not be less than initial_backoff");
}

void read_yaml(MapReader& r, AlertdConfig& c) {
  r.read("datasource", c.datasource);
  r.read("global", c.global);
  r.read("rule_files", c.rule_files);
  r.read("templates", c.templates);
  r.require("route", c.route);
  r.require("receivers", c.receivers);
  r.read("inhibit_rules", c.inhibit_rules);
  r.read("time_intervals", c.time_intervals);
  std::vector<NamedInterval> older;  // Alertmanager's first name for the same
  if (r.read("mute_time_intervals", older)) std::ranges::move(older, std::back_inserter(c.time_intervals));
  check_intervals(r, c.time_intervals);
  r.read("delivery", c.delivery);
  const std::vector<std::string> receivers = check_receivers(r, c);
  std::vector<std::string> intervals;
  intervals.reserve(c.time_intervals.size());
  for (const NamedInterval& interval : c.time_intervals) intervals.push_back(interval.name);
  if (r.has("route")) check_routes(c.route, receivers, intervals, r.context().problems);
}

}  // namespace picket::alertd
