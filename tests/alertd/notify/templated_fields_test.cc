// Fields that Alertmanager expands as templates, besides the texts; and what becomes of an alert whose
// template fails.
#include "tests/alertd/notify/rendering.h"
#include "tests/support/peer_server.h"
#include "tests/support/smtp_server.h"

namespace picket::alertd {
namespace {

using test::LocalPeer;
using test::PeerRequest;
using test::SmtpServer;

constexpr Duration kDeliveryTimeout = std::chrono::seconds(10);
const std::string kFails = "{{ index .Alerts 99 }}";
const std::string kTeam = "{{ .CommonLabels.team }}";

std::string with_integrations(const std::string& integrations, const std::string& global = "{}") {
  return "global: " + global + "\nreceivers: [{name: all, " + integrations + "}]\n";
}

std::string mail_global(const SmtpServer& server) {
  return "{smtp_smarthost: '" + server.target() +
         "', smtp_from: picket@example.org, smtp_require_tls: false}";
}

class TemplatedFields : public RenderingTest {
 protected:
  nlohmann::json slack(const std::string& fields, const Notification& notification) {
    const auto messages =
        render(with_integrations("slack_configs: [{api_url: 'http://h/secret', " + fields + "}]"), "slack[0]",
               notification);
    if (messages.size() != 1) return nullptr;
    target_ = messages[0].target;
    return nlohmann::json::parse(messages[0].payload);
  }
  Notification of_team() { return notification({{"team", "db"}}); }

  std::string target_;
};

TEST_F(TemplatedFields, OfSlack) {
  const nlohmann::json body =
      slack("channel: '#" + kTeam + "', username: '" + kTeam + " bot', icon_emoji: ':" + kTeam +
                ":', icon_url: 'http://i/" + kTeam + "', color: '" + kTeam + "', title_link: 'http://t/" +
                kTeam + "', image_url: 'http://g/" + kTeam + "', thumb_url: 'http://b/" + kTeam +
                "', callback_id: '" + kTeam + "', short_fields: true, fields: [{title: '" + kTeam +
                "', value: v}, {title: t, value: v, short: false}]",
            of_team());
  EXPECT_EQ(target_, "#db");
  EXPECT_EQ(body["channel"], "#db");
  EXPECT_EQ(body["username"], "db bot");
  EXPECT_EQ(body["icon_emoji"], ":db:");
  EXPECT_EQ(body["icon_url"], "http://i/db");
  const nlohmann::json& attachment = body["attachments"][0];
  EXPECT_EQ(attachment["color"], "db");
  EXPECT_EQ(attachment["title_link"], "http://t/db");
  EXPECT_EQ(attachment["image_url"], "http://g/db");
  EXPECT_EQ(attachment["thumb_url"], "http://b/db");
  EXPECT_EQ(attachment["callback_id"], "db");
  EXPECT_EQ(attachment["fields"], nlohmann::json::parse(R"([{"title": "db", "value": "v", "short": true},
                                                            {"title": "t", "value": "v", "short": false}])"));
}

// The URL is made again for each try, so that the stored message holds nothing of it.
TEST_F(TemplatedFields, OfAWebhooksUrl) {
  const LocalPeer peer;
  const std::string url = peer.url("/h/" + kTeam + "/{{ len .Alerts }}?token=geheim");
  const auto hook = notifier(with_integrations("webhook_configs: [{url: '" + url + "'}]"), "webhook[0]");
  ASSERT_NE(hook, nullptr);
  const auto messages = hook->render(of_team());
  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 1U);
  const Message& message = messages->front();
  EXPECT_EQ(message.target, peer.url("/..."));
  EXPECT_EQ(message.payload.find("geheim"), std::string::npos);
  const DeliveryResult result = hook->deliver("id-1", message, kDeliveryTimeout);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
  ASSERT_EQ(peer.count(), 1U);
  const PeerRequest request = peer.requests()[0];
  EXPECT_EQ(request.path, "/h/db/2");
  EXPECT_EQ(request.query, "token=geheim");
  EXPECT_EQ(request.body, message.payload);
}

TEST_F(TemplatedFields, OfAWebhooksUrlThatLeadsNowhere) {
  struct Row {
    std::string url, detail;
  };
  for (const Row& row : {Row{"http://h/secret/" + kFails, "url: alertd.yml:3:"},
                         Row{"{{ .CommonLabels.none }}", "url: malformed URL"},
                         Row{"http://{{ .CommonLabels.none }}/secret", "url: malformed URL"}}) {
    const auto hook =
        notifier(with_integrations("webhook_configs: [{url: '" + row.url + "'}]"), "webhook[0]");
    ASSERT_NE(hook, nullptr);
    const auto messages = hook->render(of_team());
    ASSERT_TRUE(messages) << messages.error().message;
    const DeliveryResult result = hook->deliver("id-1", messages->at(0), kDeliveryTimeout);
    EXPECT_EQ(result.outcome, DeliveryOutcome::Permanent) << row.url;
    EXPECT_EQ(result.detail.substr(0, row.detail.size()), row.detail);
    EXPECT_EQ(result.detail.find("secret"), std::string::npos) << result.detail;
  }
}

TEST_F(TemplatedFields, OfEmailAddresses) {
  const SmtpServer server;
  const std::string mail = "email_configs: [{to: '{{ .CommonLabels.mail }}, c@example.org', from: '" + kTeam +
                           " <alerts@example.org>', headers: {X-Team: '" + kTeam + "'}}]";
  const auto email = notifier(with_integrations(mail, mail_global(server)), "email[0]");
  ASSERT_NE(email, nullptr);
  const auto messages = email->render(
      notification({{"team", "db"}, {"mail", "\"Ops, Team\" <ops@example.org>, b@example.org"}}));
  ASSERT_TRUE(messages);
  std::vector<std::string> targets;
  for (const Message& message : *messages) targets.push_back(message.target);
  EXPECT_EQ(targets,
            (std::vector<std::string>{"\"Ops, Team\" <ops@example.org>", "b@example.org", "c@example.org"}));
  const DeliveryResult result = email->deliver("id-1", messages->at(0), kDeliveryTimeout);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
  ASSERT_EQ(server.mails().size(), 1U);
  EXPECT_EQ(server.mails()[0].to, std::vector<std::string>{"ops@example.org"});
  EXPECT_EQ(server.mails()[0].header("To"), "\"Ops, Team\" <ops@example.org>");
  EXPECT_EQ(server.mails()[0].header("From"), "db <alerts@example.org>");
  EXPECT_EQ(server.mails()[0].header("X-Team"), "db");
}

// Nobody can be told, and that stands in the ledger instead of nowhere.
TEST_F(TemplatedFields, OfEmailAddressesThatNameNobody) {
  const SmtpServer server;
  for (const std::string& to : {kTeam, std::string("{{ .CommonLabels.none }}"), kFails}) {
    const auto email =
        notifier(with_integrations("email_configs: [{to: '" + to + "'}]", mail_global(server)), "email[0]");
    ASSERT_NE(email, nullptr);
    const auto messages = email->render(of_team());
    ASSERT_TRUE(messages) << messages.error().message;
    ASSERT_EQ(messages->size(), 1U);
    const DeliveryResult result = email->deliver("id-1", messages->at(0), kDeliveryTimeout);
    EXPECT_EQ(result.outcome, DeliveryOutcome::Permanent) << to;
    EXPECT_EQ(result.detail.substr(0, 4), "to: ") << result.detail;
  }
}

class FailingTemplate : public TemplatedFields {};

TEST_F(FailingTemplate, OfAnEmailStandsInItsPlace) {
  const SmtpServer server;
  struct Row {
    std::string field;
    std::string key;
    std::string error;
  };
  for (const Row& row : {Row{"subject", "subject", "<error expanding template: alertd.yml:3:"},
                         Row{"text", "text", "<error expanding template: alertd.yml:3:"},
                         Row{"html", "html", "&lt;error expanding template: alertd.yml:3:"}}) {
    const std::string mail = "email_configs: [{to: a@example.org, " + row.field + ": '" + kFails + "'}]";
    const auto messages = render(with_integrations(mail, mail_global(server)), "email[0]", of_team());
    ASSERT_EQ(messages.size(), 1U) << row.field;
    const nlohmann::json payload = nlohmann::json::parse(messages[0].payload);
    for (const auto& key : {"subject", "text", "html"}) {
      const auto text = payload[key].get<std::string>();
      EXPECT_EQ(text.find(row.error) != std::string::npos, row.key == key) << row.field << ": " << text;
    }
  }
  const auto header =
      render(with_integrations("email_configs: [{to: a@example.org, headers: {X-Team: '" + kFails + "'}}]",
                               mail_global(server)),
             "email[0]", of_team());
  ASSERT_EQ(header.size(), 1U);
  EXPECT_NE(header[0].payload.find("\"X-Team\":\"<error expanding template: "), std::string::npos);
}

TEST_F(FailingTemplate, OfAnSmsFollowsWhatFires) {
  const auto messages =
      render(with_integrations("sms_configs: [{provider: twilio, account_sid: AC1, auth_token: t, from: P, "
                               "to: ['+14155550100'], text: '" +
                               kFails + "'}]"),
             "sms[0]", of_team());
  ASSERT_EQ(messages.size(), 1U);
  const std::string start = "[FIRING:2] ServiceDown (db) <error expanding template: alertd.yml:3:";
  EXPECT_EQ(messages[0].payload.substr(0, start.size()), start);
}

TEST_F(FailingTemplate, OfSlackStandsInItsPlace) {
  const std::string error = "&lt;error expanding template: alertd.yml:3:";
  const nlohmann::json texts = slack(
      "channel: '#a', text: '" + kFails + "', fields: [{title: t, value: '" + kFails + "'}]", of_team());
  ASSERT_TRUE(texts.is_object());
  const nlohmann::json& attachment = texts["attachments"][0];
  EXPECT_EQ(attachment["text"].get<std::string>().substr(0, error.size()), error);
  EXPECT_EQ(attachment["fields"][0]["title"], "t");
  EXPECT_EQ(attachment["fields"][0]["value"].get<std::string>().substr(0, error.size()), error);
  EXPECT_EQ(attachment["title"], "[FIRING:2] ServiceDown");

  // A channel of that name does not exist: the webhook's own takes the alert.
  const nlohmann::json nowhere = slack("channel: '" + kFails + "', icon_url: '" + kFails + "'", of_team());
  EXPECT_FALSE(nowhere.contains("channel"));
  EXPECT_FALSE(nowhere.contains("icon_url"));
  EXPECT_EQ(target_, "http://h/...");
}

// What a label says is text; what the author of the template writes is Slack's markup.
TEST_F(TemplatedFields, OfSlackEscapeWhatComesFromAlerts) {
  Notification n = notification({{"team", "a<b & c>d <!channel>"}});
  const std::string fields =
      "channel: '{{ .CommonLabels.team }}', "
      "title: 'of {{ .CommonLabels.team }}', "
      "pretext: '<!here> <{{ .ExternalURL }}/?a=1&amp;b={{ .CommonLabels.team }}|Picket> & {{ safeHtml "
      "\"<@U1>\" }}', "
      "text: '{{ .CommonAnnotations.see }} {{ .CommonLabels.team }}', "
      "fields: [{title: '{{ .CommonLabels.team }}', value: '{{ .CommonLabels.team }}'}]";
  for (Alert& alert : n.alerts)
    alert.annotations = Labels{{"see", "<https://r/?a=1&b=2|run & book> <mailto:x@y.z> <@U2> &lt;ok"}};
  const nlohmann::json body = slack(fields, n);
  ASSERT_TRUE(body.is_object());
  const std::string escaped = "a&lt;b &amp; c&gt;d &lt;!channel&gt;";
  EXPECT_EQ(body["channel"], "a<b & c>d <!channel>") << "a name, and no text";
  const nlohmann::json& attachment = body["attachments"][0];
  EXPECT_EQ(attachment["title"], "of " + escaped);
  EXPECT_EQ(attachment["pretext"], "<!here> <http://picket:9093/?a=1&amp;b=" + escaped + "|Picket> & <@U1>");
  EXPECT_EQ(attachment["text"],
            "<https://r/?a=1&b=2|run & book> <mailto:x@y.z> &lt;@U2&gt; &lt;ok " + escaped);
  EXPECT_EQ(attachment["fields"][0]["title"], escaped);
  EXPECT_EQ(attachment["fields"][0]["value"], escaped);
}

TEST_F(TemplatedFields, KnowTheNamesOfAlertmanagersDefaults) {
  const nlohmann::json body = slack(
      "username: '{{ template \"slack.default.username\" . }}', icon_emoji: '{{ template "
      "\"slack.default.iconemoji\" . }}', text: '{{ template \"__alertmanagerURL\" . }} {{ template "
      "\"__text_alert_list\" .Alerts.Firing }}', pretext: '{{ template \"slack.default.pretext\" . }}', "
      "footer: '{{ template \"slack.default.footer\" . }}'",
      of_team());
  ASSERT_TRUE(body.is_object());
  EXPECT_EQ(body["username"], "Picket");
  EXPECT_FALSE(body.contains("icon_emoji"));
  const auto text = body["attachments"][0]["text"].get<std::string>();
  EXPECT_EQ(text.substr(0, 29), "http://picket:9093 Labels:\n -");
  EXPECT_NE(text.find(" - team = db\nAnnotations:\n - summary = redis is down\nSource: "), std::string::npos);
}

}  // namespace
}  // namespace picket::alertd
