// What the notifiers say, rendered from a configuration as an operator writes it.
#include <gmock/gmock.h>

#include "tests/alertd/notify/rendering.h"

namespace picket::alertd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kConfig = R"(
global: {smtp_smarthost: "127.0.0.1:25", smtp_from: "Picket <picket@example.org>", smtp_require_tls: false}
receivers:
  - name: all
    email_configs: [{to: "a@example.org, b@example.org"}]
    slack_configs: [{api_url: "https://hooks.example.org/T/secret", channel: "#alerts"}]
    webhook_configs: [{url: "https://user:pass@hooks.example.org/secret", max_alerts: 1}]
    sms_configs: [{provider: twilio, account_sid: AC1, auth_token: t, from: "+15005550006", to: ["+14155550100", "+14155550101"]}]
)";

class Rendering : public RenderingTest {
 protected:
  std::vector<Message> render(const std::string& integration, const Notification& notification) {
    return RenderingTest::render(kConfig, integration, notification);
  }
};

TEST_F(Rendering, MakesAnEmailForEachAddressWithEscapedHtml) {
  const std::vector<Message> messages = render("email[0]", notification());
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[1].target, "b@example.org");
  const nlohmann::json mail = nlohmann::json::parse(messages[0].payload);
  EXPECT_EQ(mail["subject"], "[FIRING:2] ServiceDown");
  EXPECT_NE(mail["html"].get<std::string>().find("&lt;b&gt;web&lt;/b&gt; is down"), std::string::npos);
  EXPECT_NE(mail["text"].get<std::string>().find("<b>web</b> is down"), std::string::npos);
}

/// As rules ship them the places are paths of the project; overrides.yml makes addresses of them.
TEST_F(Rendering, LinksToRunbooksAndDashboardsThatAreAddresses) {
  Notification n = notification();
  n.alerts[0].annotations = Labels{{"runbook_url", "docs/runbooks/A.md"}, {"dashboard", "d/fleet-home"}};
  n.alerts[1].annotations =
      Labels{{"runbook_url", "https://w.example/A"}, {"dashboard", "https://g.example/d/a"}};
  const nlohmann::json mail = nlohmann::json::parse(render("email[0]", n).at(0).payload);
  const auto html = mail["html"].get<std::string>(), text = mail["text"].get<std::string>();
  EXPECT_THAT(html, AllOf(HasSubstr("Runbook: docs/runbooks/A.md"), Not(HasSubstr("href=\"docs")),
                          Not(HasSubstr("fleet-home"))));
  EXPECT_THAT(html, AllOf(HasSubstr("<a href=\"https://w.example/A\">Runbook</a>"),
                          HasSubstr("<a href=\"https://g.example/d/a\">Dashboard</a>")));
  EXPECT_THAT(text, AllOf(HasSubstr("dashboard: https://g.example/d/a"), Not(HasSubstr("fleet-home"))));
}

TEST_F(Rendering, SendsAShortTextToEachNumber) {
  const std::vector<Message> messages = render("sms[0]", notification());
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].payload, "[FIRING] ServiceDown: redis is down; ServiceDown: <b>web</b> is down");
}

TEST_F(Rendering, WritesAlertmanagersWebhookWithoutStoringTheUrl) {
  const std::vector<Message> messages = render("webhook[0]", notification());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].target, "https://hooks.example.org/...");
  EXPECT_EQ(messages[0].payload.find("secret"), std::string::npos);
  const nlohmann::json body = nlohmann::json::parse(messages[0].payload);
  EXPECT_EQ(body["version"], "4");
  EXPECT_EQ(body["status"], "firing");
  EXPECT_EQ(body["truncatedAlerts"], 1);
  EXPECT_EQ(body["alerts"].size(), 1U);
  EXPECT_EQ(body["alerts"][0]["endsAt"], "0001-01-01T00:00:00Z");
  EXPECT_EQ(body["commonLabels"], nlohmann::json({{"alertname", "ServiceDown"}}));
}

TEST_F(Rendering, KeepsAnnotationsThatAreEmpty) {
  Notification n = notification();
  for (Alert& alert : n.alerts)
    alert.annotations = Labels::with_empty_values({{"runbook_url", ""}, {"summary", "it is down"}});
  const nlohmann::json body = nlohmann::json::parse(render("webhook[0]", n).at(0).payload);
  const nlohmann::json expected{{"runbook_url", ""}, {"summary", "it is down"}};
  EXPECT_EQ(body["alerts"][0]["annotations"], expected);
  EXPECT_EQ(body["commonAnnotations"], expected);
}

TEST_F(Rendering, TellsTheEndInSlack) {
  Notification n = notification();
  for (Alert& alert : n.alerts) alert.ends_at = clock_.wall();
  const std::vector<Message> messages = render("slack[0]", n);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].target, "#alerts");
  const nlohmann::json attachment = nlohmann::json::parse(messages[0].payload)["attachments"][0];
  EXPECT_EQ(attachment["color"], "good");
  EXPECT_EQ(attachment["title"], "[RESOLVED] ServiceDown");
  EXPECT_NE(attachment["text"].get<std::string>().find("*resolved* redis is down"), std::string::npos);
}

TEST(AlertdConfig, NamesEveryProblemAtOnce) {
  const RealFiles files;
  const Result<AlertdConfig> config = parse_config<AlertdConfig>(R"(route: {receiver: pagr, group_wiat: 3s}
receivers:
  - name: pager
    slack_configs: [{channel: "#a"}]
    pagerduty_configs: []
)",
                                                                 "alertd.yml", files);
  ASSERT_FALSE(config);
  EXPECT_EQ(
      config.error().message,
      "alertd.yml:1:8: route.receiver: \"pagr\" is not defined (did you mean \"pager\"?)\n"
      "alertd.yml:1:25: route: unknown key \"group_wiat\" (did you mean \"group_wait\"?)\n"
      "alertd.yml:3:3: receivers: \"pager\" posts to Slack: api_url, or global.slack_api_url, is required\n"
      "alertd.yml:5:24: receivers[0].pagerduty_configs: is not supported; email, sms, slack and webhook are");
}

}  // namespace
}  // namespace picket::alertd
