// What --config.check says of alertd.yml.
#include "alertd/config/alertd_config.h"

#include <gtest/gtest.h>

#include "base/text/encoding.h"
#include "tests/alertd/notify/rendering.h"
#include "tests/support/peer_server.h"

namespace picket::alertd {
namespace {

/// The problems, or "".
std::string problems(const std::string& text) {
  const RealFiles files;
  const Result<AlertdConfig> config = parse_config<AlertdConfig>(text, "a.yml", files);
  return config ? "" : config.error().message;
}

std::string with_receiver(const std::string& integrations) {
  return "route: {receiver: r}\nreceivers:\n- name: r\n  " + integrations + "\n";
}

TEST(AlertdConfigCheck, RefusesWhatCanNeverWorkWithItsPlace) {
  const std::string one = "receivers: [{name: r}]\n";
  struct Row {
    std::string text, problems;
  };
  const Row rows[] = {
      {with_receiver("slack_configs: [{api_url: nonsense}]"),
       "a.yml:4:29: receivers[0].slack_configs[0].api_url: malformed URL: "},
      {with_receiver("webhook_configs: [{url: 'http://'}]"),
       "a.yml:4:27: receivers[0].webhook_configs[0].url: malformed URL: "},
      {with_receiver("webhook_configs: [{url: 'ftp://{{ .Status }}/'}]"),
       "a.yml:4:27: receivers[0].webhook_configs[0].url: must start with http:// or https://"},
      {with_receiver(
           "sms_configs: [{provider: twilio, account_sid: A, auth_token: t, from: P, to: ['+14155550100'], "
           "api_url: nonsense}]"),
       "a.yml:4:107: receivers[0].sms_configs[0].api_url: malformed URL: "},
      {with_receiver("sms_configs: [{provider: http, url: 'http://a/', body: '{\"to\": \"{to}\"}', from: P, "
                     "to: ['+14155550100']}]"),
       "a.yml:4:58: receivers[0].sms_configs[0].body: is not JSON once the fields stand in it"},
      {with_receiver("sms_configs: [{provider: http, url: 'http://', from: P, to: ['+14155550100']}]"),
       "a.yml:4:39: receivers[0].sms_configs[0].url: malformed URL: "},
      {"global: {slack_api_url: 'https:///x'}\nroute: {receiver: r}\n" + one,
       "a.yml:1:25: global.slack_api_url: malformed URL: "},
      {"route: {receiver: r}\n" + one +
           "time_intervals:\n- {name: x, time_intervals: [{}]}\n- {name: x, time_intervals: [{}]}\n",
       "a.yml:5:3: time_intervals: \"x\" is defined twice"},
      {"route: {receiver: r}\n" + one +
           "time_intervals: [{name: x, time_intervals: [{}]}]\n"
           "mute_time_intervals: [{name: x, time_intervals: [{}]}]\n",
       "a.yml:4:23: time_intervals: \"x\" is defined twice"},
      {"route: {receiver: r, group_by: [a, b, a]}\n" + one,
       "a.yml:1:39: route.group_by[2]: \"a\" is there twice"},
      {"route: {receiver: r, group_by: [a, '']}\n" + one, "a.yml:1:36: route.group_by[1]: must not be empty"},
      {"route: {receiver: r, routes: [{group_by: ['...', b]}]}\n" + one,
       "a.yml:1:42: route.routes[0].group_by: '...' groups by every label and must stand alone"},
      {"route: {receiver: r}\n" + one +
           "inhibit_rules: [{source_matchers: ['a=b'], target_match: {c: d}, equal: [x, '']}]\n",
       "a.yml:3:77: inhibit_rules[0].equal[1]: must not be empty"},
      {with_receiver("email_configs: [{smarthost: 'h:25', from: 'a@b.example', to: 'x, y@z.example'}]"),
       "a.yml:4:64: receivers[0].email_configs[0].to: an address needs an \"@\""},
      {with_receiver("email_configs: [{smarthost: 'h:25', from: nobody, to: 'y@z.example'}]"),
       "a.yml:4:45: receivers[0].email_configs[0].from: an address needs an \"@\""},
  };
  for (const Row& row : rows) {
    const std::string found = problems(row.text);
    EXPECT_EQ(found.substr(0, row.problems.size()), row.problems) << row.text << found;
    EXPECT_EQ(found.find('\n'), std::string::npos) << found;
  }
}

TEST(AlertdConfigCheck, TakesWhatAlertmanagerTakes) {
  const std::string one = "route: {receiver: r}\nreceivers: [{name: r}]\n";
  const std::string texts[] = {
      one + "inhibit_rules: [{source_match: {a: b}, target_match: {c: d}}]\n",
      one + "inhibit_rules: [{source_match_re: {a: 'b|c'}, target_match_re: {c: 'd.*'}, equal: [e]}]\n",
      "route: {receiver: r, routes: [{match: {a: b}}, {match_re: {a: 'b.*'}}]}\nreceivers: [{name: r}]\n",
      "global: {pagerduty_url: 'http://x', opsgenie_api_key: k, victorops_api_url: 'http://v', "
      "wechat_api_secret_file: /none, telegram_api_url: 'http://t', smtp_auth_identity: i}\n" +
          one,
      with_receiver("webhook_configs: [{url: 'http://h/{{ .Status }}'}]"),
      with_receiver("webhook_configs: [{url: '{{ .CommonAnnotations.hook }}'}]"),
      with_receiver(
          "email_configs: [{smarthost: 'h:25', from: a@b.example, to: '{{ .CommonLabels.mail }}'}]"),
      with_receiver("email_configs: [{smarthost: 'h:25', from: a@b.example, "
                    "to: '\"Ops, Team\" <ops@example.org>, b@example.org'}]")};
  for (const std::string& text : texts) {
    EXPECT_EQ(problems(text), "") << text;
  }
}

// The structure of the alertmanager.yml that Debian installs, but for its pager, which is refused by name.
constexpr std::string_view kOlderForm = R"(
global:
  smtp_smarthost: 'localhost:25'
  smtp_from: 'alerts@example.org'
  smtp_auth_username: 'alerts'
  smtp_auth_password: 'geheim'
templates:
- 'no-such-folder/*.tmpl'
route:
  group_by: ['alertname', 'cluster', 'service']
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 3h
  receiver: all
  routes:
  - match_re:
      service: ^(one|two|three)$
    receiver: all
    routes:
    - match:
        severity: critical
      receiver: pager
  - match:
      service: database
    receiver: pager
    group_by: [alertname, cluster, database]
inhibit_rules:
- source_match:
    severity: 'critical'
  target_match:
    severity: 'warning'
  equal: ['alertname', 'cluster', 'service']
receivers:
- name: all
  email_configs:
  - to: 'team+alerts@example.org'
- name: pager
  email_configs:
  - to: 'team+pager@example.org'
)";

class ConfigFile : public RenderingTest {
 protected:
  Result<LoadedConfig> load(std::string_view text) {
    RealFiles files;
    EXPECT_TRUE(files.write_atomic(dir_.file("alertd.yml"), text, 0600));
    return load_alertd(dir_.file("alertd.yml"), files);
  }
};

TEST_F(ConfigFile, OfDebiansStructureIsLoaded) {
  const Result<LoadedConfig> loaded = load(kOlderForm);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const RealFiles files;
  const auto dispatch = loaded->dispatch(dir_.file("alertd.yml"), files, "http://picket:9093",
                                         {client_, resolver_, clock_, random_});
  ASSERT_TRUE(dispatch) << dispatch.error().message;
  const InhibitRule& rule = (*dispatch)->inhibit_rules.at(0);
  EXPECT_TRUE(matches_all(rule.source, Labels{{"severity", "critical"}}));
  EXPECT_FALSE(matches_all(rule.source, Labels{{"severity", "critical!"}}));
  EXPECT_TRUE(matches_all(rule.target, Labels{{"severity", "warning"}}));
}

TEST_F(ConfigFile, NamesWhatHasNoEffect) {
  const Result<LoadedConfig> loaded = load(
      "global: {resolve_timeout: 5m, pagerduty_url: 'http://x'}\n"
      "templates: ['none/*.tmpl']\nroute: {receiver: r}\nreceivers: [{name: r}]\n");
  ASSERT_TRUE(loaded) << loaded.error().message;
  const std::string file = dir_.file("alertd.yml");
  EXPECT_EQ(loaded->warnings,
            (std::vector<std::string>{
                file + ":1:27: global.resolve_timeout: has no effect: it is for alerts that are posted, and "
                       "none can be",
                file + ":1:46: global.pagerduty_url: has no effect: there is no such receiver here",
                file + ": templates: no file matches \"none/*.tmpl\""}));
}

TEST_F(ConfigFile, RefusesATemplateFileThatIsNotThere) {
  const Result<LoadedConfig> loaded =
      load("templates: [none.tmpl]\nroute: {receiver: r}\nreceivers: [{name: r}]\n");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, dir_.file("alertd.yml") + ": templates: no file matches \"none.tmpl\"");
}

TEST_F(ConfigFile, GivesItsHttpSettingsToReceiversWithoutTheirOwn) {
  const test::LocalPeer peer([](const test::PeerRequest& request) {
    const bool twilio = request.path.starts_with("/twilio");
    return test::PeerAnswer{twilio ? 201 : 200, twilio ? "{\"sid\":\"SM1\",\"status\":\"queued\"}" : "ok"};
  });
  const std::string text = fmt::format(R"(
global: {{http_config: {{basic_auth: {{username: g, password: p}}, http_headers: {{X-All: {{values: [global]}}}}}}}}
receivers:
- name: all
  slack_configs: [{{api_url: '{0}/slack'}}]
  sms_configs:
  - {{provider: http, from: P, to: ['+14155550100'], url: '{0}/sms'}}
  - {{provider: twilio, account_sid: AC1, auth_token: t, from: P, to: ['+14155550100'], api_url: '{0}/twilio'}}
  webhook_configs:
  - {{url: '{0}/hook'}}
  - {{url: '{0}/own', http_config: {{http_headers: {{X-Own: {{values: [mine]}}}}}}}}
)",
                                       peer.url());
  struct Row {
    std::string integration, login, all, own;
  };
  const std::string global = "Basic " + base64_encode("g:p");
  for (const Row& row : {Row{"slack[0]", global, "global", ""}, Row{"sms[0]", global, "global", ""},
                         Row{"sms[1]", "Basic " + base64_encode("AC1:t"), "global", ""},
                         Row{"webhook[0]", global, "global", ""}, Row{"webhook[1]", "", "", "mine"}}) {
    const auto sender = notifier(text, row.integration);
    ASSERT_NE(sender, nullptr);
    const auto messages = sender->render(notification());
    ASSERT_TRUE(messages);
    const DeliveryResult result = sender->deliver("id", messages->at(0), std::chrono::seconds(10));
    EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
    const test::PeerRequest request = peer.requests().back();
    EXPECT_EQ(request.header("Authorization"), row.login) << row.integration;
    EXPECT_EQ(request.header("X-All"), row.all) << row.integration;
    EXPECT_EQ(request.header("X-Own"), row.own) << row.integration;
  }
}

}  // namespace
}  // namespace picket::alertd
