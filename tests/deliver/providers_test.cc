// Twilio, Vonage, AWS SNS, SendGrid and an HTTP gateway, as a foreign HTTP server (cpp-httplib) plays them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/deliver/email.h"
#include "base/deliver/sigv4.h"
#include "base/deliver/sms.h"
#include "base/text/encoding.h"
#include "base/time/timestamp.h"
#include "tests/support/free_port.h"
#include "tests/support/peer_server.h"

namespace picket {
namespace {

using test::LocalPeer;
using test::PeerAnswer;
using test::PeerRequest;
using enum DeliveryOutcome;

constexpr Duration kTimeout = std::chrono::seconds(10);

class ProvidersTest : public testing::Test {
 protected:
  static SmsMessage message() {
    return {"+14155550199", "+14155550100", "redis ist ausgefallen & \"Müll\" {to}", "outbox-7"};
  }
  DeliveryResult twilio(std::string token = "geheim") {
    return make_twilio_sender({"AC123", Secret(std::move(token)), peer_.url()}, client_, clock_)
        ->send(message(), kTimeout);
  }
  DeliveryResult vonage(const SmsMessage& sms) {
    return make_vonage_sender({"key", Secret("s&cret"), peer_.url("/")}, client_, clock_)
        ->send(sms, kTimeout);
  }
  SnsConfig sns_config() const { return {"eu-central-1", "AKIDEXAMPLE", Secret("wJalr"), peer_.url()}; }
  DeliveryResult sns(const SmsMessage& sms) {
    return make_sns_sender(sns_config(), client_, clock_)->send(sms, kTimeout);
  }
  DeliveryResult gateway(const HttpGatewayConfig& config) {
    return make_http_gateway_sender(config, client_, clock_)->send(message(), kTimeout);
  }
  void answer(const PeerAnswer& answer) {
    peer_.answer_with([answer](const PeerRequest&) { return answer; });
  }
  PeerRequest last_request() const { return peer_.requests().back(); }

  SystemClock clock_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  LocalPeer peer_;  // goes after the client, which keeps connections to it
  CurlClient client_{loop_, resolver_};
};

/// What AWS would do: sign what arrived and compare.
std::string signature_of(const PeerRequest& request, const std::string& path) {
  const SigV4Request arrived{
      "POST",      request.header("Host"), path, {}, {{"Content-Type", request.header("Content-Type")}},
      request.body};
  const std::string date = request.header("X-Amz-Date");
  const std::string rfc3339 =
      fmt::format("{}-{}-{}T{}:{}:{}Z", date.substr(0, 4), date.substr(4, 2), date.substr(6, 2),
                  date.substr(9, 2), date.substr(11, 2), date.substr(13, 2));
  const SigV4Scope scope{"eu-central-1", "sns", "AKIDEXAMPLE", Secret("wJalr")};
  return sign_v4(arrived, scope, parse_rfc3339(rfc3339).value()).get("Authorization");
}

TEST_F(ProvidersTest, TwilioGetsAFormAndAnswersASid) {
  answer({201,
          R"({"sid": "SM0123", "status": "queued", "error_code": null})",
          {{"Content-Type", "application/json"}}});
  const DeliveryResult result = twilio();
  EXPECT_EQ(result.outcome, Delivered) << result.detail;
  EXPECT_EQ(result.code, 201);
  EXPECT_EQ(result.provider_id, "SM0123");
  EXPECT_EQ(result.detail, "queued");
  const PeerRequest request = last_request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/2010-04-01/Accounts/AC123/Messages.json");
  EXPECT_EQ(request.header("Authorization"), "Basic " + base64_encode("AC123:geheim"));
  EXPECT_EQ(request.form("To"), "+14155550100");
  EXPECT_EQ(request.form("From"), "+14155550199");
  EXPECT_EQ(request.form("Body"), message().text);
}

TEST_F(ProvidersTest, TwilioErrorsArePermanentOrNotByCode) {
  struct Row {
    int status, code;
    DeliveryOutcome outcome;
  };
  const std::vector<Row> rows{{400, 21211, Permanent}, {400, 21610, Permanent}, {401, 20003, Permanent},
                              {404, 20404, Permanent}, {429, 20429, Retry},     {400, 30001, Retry},
                              {400, 21611, Retry},     {500, 20500, Retry},     {503, 0, Retry}};
  for (const Row& row : rows) {
    answer({row.status,
            fmt::format(R"({{"code": {}, "message": "the reason", "status": {}}})", row.code, row.status),
            {{"Retry-After", "17"}}});
    const DeliveryResult result = twilio();
    EXPECT_EQ(result.outcome, row.outcome) << row.code;
    EXPECT_EQ(result.code, row.status);
    EXPECT_EQ(result.detail, fmt::format("HTTP {}: the reason (Twilio error {})", row.status, row.code));
    EXPECT_EQ(result.retry_after.has_value(), row.outcome == Retry) << row.code;
    EXPECT_FALSE(result.maybe_delivered);
  }
}

TEST_F(ProvidersTest, WhatIsNoAnswerIsRetriedAndMayHaveArrived) {
  answer({200, "", {}, true});
  DeliveryResult result = twilio("geheimes-token");
  EXPECT_EQ(result.outcome, Retry);
  EXPECT_TRUE(result.maybe_delivered) << "the answer was lost: " << result.detail;
  EXPECT_EQ(result.detail.find("geheimes-token"), std::string::npos);

  const std::string nobody = fmt::format("http://127.0.0.1:{}", test::free_port());
  result = make_twilio_sender({"AC123", Secret("x"), nobody}, client_, clock_)->send(message(), kTimeout);
  EXPECT_EQ(result.outcome, Retry);
  EXPECT_FALSE(result.maybe_delivered) << "nobody listens there: " << result.detail;
  EXPECT_EQ(result.code, 0);

  answer({200, "not what Twilio answers"});
  EXPECT_EQ(twilio().outcome, Delivered) << "the status decides";
  answer({302, "", {{"Location", "http://127.0.0.1:1/"}}});
  EXPECT_EQ(twilio().outcome, Permanent) << "a redirect is not followed with the message";
}

TEST_F(ProvidersTest, TwilioTellsMessagingServicesFromNames) {
  answer({201, R"({"sid": "SM1"})"});
  const std::pair<std::string, std::string> rows[] = {
      {"MG0123456789abcdef0123456789abcdef", "MessagingServiceSid"}, {"MGMT", "From"}, {"MG Motors", "From"}};
  for (const auto& [from, field] : rows) {
    SmsMessage sms = message();
    sms.from = from;
    make_twilio_sender({"AC123", Secret("t"), peer_.url()}, client_, clock_)->send(sms, kTimeout);
    EXPECT_EQ(last_request().form(field), from);
  }
}

TEST_F(ProvidersTest, SnsTellsNumbersFromNames) {
  answer({200, "<MessageId>m</MessageId>"});
  for (const auto& [from, attribute] : {std::pair{"12345", "AWS.MM.SMS.OriginationNumber"},
                                        std::pair{"+14155550199", "AWS.MM.SMS.OriginationNumber"},
                                        std::pair{"Picket", "AWS.SNS.SMS.SenderID"}}) {
    SmsMessage sms = message();
    sms.from = from;
    sns(sms);
    EXPECT_EQ(last_request().form("MessageAttributes.entry.2.Name"), attribute) << from;
    EXPECT_EQ(last_request().form("MessageAttributes.entry.2.Value.StringValue"), from);
  }
}

TEST_F(ProvidersTest, ATimeThatRanOutBeforeAnythingWasSentIsNoDelivery) {
  const DeliveryResult result =
      make_twilio_sender({"AC123", Secret("geheim"), peer_.url()}, client_, clock_)->send(message(), {});
  EXPECT_EQ(result.outcome, Retry);
  EXPECT_FALSE(result.maybe_delivered) << result.detail;
  EXPECT_TRUE(peer_.requests().empty());
}

TEST_F(ProvidersTest, ABadNumberOrNoTextIsRefusedBeforeItIsSent) {
  SmsMessage bad = message();
  bad.to = "0301234567";
  EXPECT_EQ(vonage(bad).outcome, Permanent);
  EXPECT_NE(vonage(bad).detail.find("\"0301234567\" is not a phone number"), std::string::npos);
  bad = message();
  bad.text.clear();
  EXPECT_EQ(sns(bad).detail, "text: is empty");
  EXPECT_EQ(peer_.count(), 0U);
}

TEST_F(ProvidersTest, VonageSaysInsideA200WhatBecameOfEachPart) {
  struct Row {
    std::string messages;
    DeliveryOutcome outcome;
    std::string id, detail;
  };
  const std::vector<Row> rows{
      {R"([{"message-id": "a1", "status": "0"}])", Delivered, "a1", "accepted in 1 part"},
      {R"([{"message-id": "a1", "status": "0"}, {"message-id": "a2", "status": "0"}])", Delivered, "a1",
       "accepted in 2 parts"},
      {R"([{"status": "1", "error-text": "Throughput Rate Exceeded"}])", Retry, "",
       "Vonage status 1: Throughput Rate Exceeded"},
      {R"([{"status": "5", "error-text": "Internal Error"}])", Retry, "", "Vonage status 5: Internal Error"},
      {R"([{"status": "4", "error-text": "Bad Credentials"}])", Permanent, "",
       "Vonage status 4: Bad Credentials"},
      {R"([{"status": "9", "error-text": "Quota Exceeded"}])", Permanent, "",
       "Vonage status 9: Quota Exceeded"},
      {R"([{"message-id": "a1", "status": "0"}, {"status": "1", "error-text": "slow"}])", Delivered, "a1",
       "1 of 2 parts accepted; Vonage status 1: slow"},
  };
  for (const Row& row : rows) {
    answer({200, R"({"message-count": "1", "messages": )" + row.messages + "}"});
    const DeliveryResult result = vonage(message());
    EXPECT_EQ(result.outcome, row.outcome) << row.messages;
    EXPECT_EQ(result.provider_id, row.id);
    EXPECT_EQ(result.detail, row.detail);
  }
  answer({200, "<html>"});
  EXPECT_EQ(vonage(message()).outcome, Retry);
  EXPECT_TRUE(vonage(message()).maybe_delivered);
  answer({503, ""});
  EXPECT_EQ(vonage(message()).outcome, Retry);
  const PeerRequest request = last_request();
  EXPECT_EQ(request.path, "/sms/json");
  EXPECT_EQ(request.form("api_key"), "key");
  EXPECT_EQ(request.form("api_secret"), "s&cret");
  EXPECT_EQ(request.form("from"), "14155550199");
  EXPECT_EQ(request.form("to"), "14155550100");
  EXPECT_EQ(request.form("text"), message().text);
  EXPECT_EQ(request.form("type"), "") << "all of it is GSM-7";
  EXPECT_EQ(request.form("client-ref"), "outbox-7");
  SmsMessage foreign = message();
  foreign.text = "Сбой";
  vonage(foreign);
  EXPECT_EQ(last_request().form("type"), "unicode");
}

TEST_F(ProvidersTest, SnsGetsASignedForm) {
  answer({200,
          "<PublishResponse><PublishResult><MessageId>567910cd-659e</MessageId></PublishResult></"
          "PublishResponse>"});
  SmsMessage sms = message();
  sms.from = "PICKET";
  const DeliveryResult result = sns(sms);
  EXPECT_EQ(result.outcome, Delivered) << result.detail;
  EXPECT_EQ(result.provider_id, "567910cd-659e");
  const PeerRequest request = last_request();
  EXPECT_EQ(request.path, "/");
  EXPECT_EQ(request.form("Action"), "Publish");
  EXPECT_EQ(request.form("PhoneNumber"), "+14155550100");
  EXPECT_EQ(request.form("Message"), message().text);
  EXPECT_EQ(request.form("MessageAttributes.entry.2.Name"), "AWS.SNS.SMS.SenderID");
  EXPECT_EQ(request.form("MessageAttributes.entry.2.Value.StringValue"), "PICKET");

  EXPECT_EQ(request.header("Authorization"), signature_of(request, "/"));
  sns(message());
  EXPECT_EQ(last_request().form("MessageAttributes.entry.2.Name"), "AWS.MM.SMS.OriginationNumber");
}

TEST_F(ProvidersTest, SnsSignsThePathThatItAsksFor) {
  answer({200, "<MessageId>m</MessageId>"});
  SnsConfig config = sns_config();
  config.api_url = peer_.url("/through/proxy/");
  make_sns_sender(config, client_, clock_)->send(message(), kTimeout);
  const PeerRequest request = last_request();
  EXPECT_EQ(request.path, "/through/proxy/");
  EXPECT_EQ(request.header("Authorization"), signature_of(request, "/through/proxy/"));
}

TEST_F(ProvidersTest, SnsErrorsArePermanentOrNotByCode) {
  const std::vector<std::tuple<int, std::string, DeliveryOutcome>> rows{
      {400, "InvalidParameter", Permanent},
      {403, "SignatureDoesNotMatch", Permanent},
      {400, "Throttling", Retry},
      {403, "RequestExpired", Retry},
      {500, "InternalError", Retry}};
  for (const auto& [status, code, outcome] : rows) {
    answer(
        {status,
         fmt::format("<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>why</Message></Error>"
                     "</ErrorResponse>",
                     code)});
    const DeliveryResult result = sns(message());
    EXPECT_EQ(result.outcome, outcome) << code;
    EXPECT_EQ(result.detail, fmt::format("HTTP {}: {}: why", status, code));
  }
}

TEST_F(ProvidersTest, AGatewayGetsTheOperatorsBody) {
  answer({202, R"({"id": 4711})"});
  HttpGatewayConfig config;
  config.url = peer_.url("/send?x=1");
  config.http.authorization = Secret("token");
  config.http.headers = {{"X-Account", "ops"}};
  const DeliveryResult result = gateway(config);
  EXPECT_EQ(result.outcome, Delivered) << result.detail;
  EXPECT_EQ(result.provider_id, "4711");
  EXPECT_EQ(
      last_request().body,
      R"({"from": "+14155550199", "to": "+14155550100", "text": "redis ist ausgefallen & \"Müll\" {to}"})");
  EXPECT_EQ(last_request().query, "x=1");
  EXPECT_EQ(last_request().header("Content-Type"), "application/json");
  EXPECT_EQ(last_request().header("Authorization"), "Bearer token");
  EXPECT_EQ(last_request().header("X-Account"), "ops");
  EXPECT_EQ(last_request().header("Idempotency-Key"), "outbox-7");

  config.content_type = "application/x-www-form-urlencoded; charset=utf-8";
  config.body = "to={to}&text={text}&{unknown}";
  gateway(config);
  EXPECT_EQ(last_request().form("text"), message().text);
  EXPECT_TRUE(last_request().body.ends_with("&{unknown}"));
  config.content_type = "text/plain";
  config.body = "{from}>{to}: {text}";
  gateway(config);
  EXPECT_EQ(last_request().body, "+14155550199>+14155550100: " + message().text);
  answer({429, "slow down", {{"Retry-After", "3"}}});
  EXPECT_EQ(gateway(config).retry_after, std::chrono::seconds(3));
  EXPECT_EQ(gateway(config).detail, "HTTP 429 Too Many Requests: slow down");
}

TEST_F(ProvidersTest, SendGridGetsTheMailAsJson) {
  EmailMessage mail;
  mail.from = "Picket <alerts@example.org>";
  mail.to = {"\"Doe, Jane\" <oncall@example.org>", "b@example.org"};
  mail.cc = {"c@example.org"};
  mail.subject = "redis\nis down";
  mail.text = "text \xFF";
  mail.html = "<b>html</b>";
  mail.message_id = "m1@picket";
  mail.references = "root@picket";
  mail.headers.add("X-Priority", "1");
  const auto sender = make_sendgrid_sender({Secret("SG.key"), peer_.url()}, client_, clock_);
  answer({202, "", {{"X-Message-Id", "sg-1"}}});
  DeliveryResult result = sender->send(mail, kTimeout);
  EXPECT_EQ(result.outcome, Delivered) << result.detail;
  EXPECT_EQ(result.provider_id, "sg-1");
  EXPECT_EQ(last_request().path, "/v3/mail/send");
  EXPECT_EQ(last_request().header("Authorization"), "Bearer SG.key");
  EXPECT_EQ(nlohmann::json::parse(last_request().body), nlohmann::json::parse(R"({
    "personalizations": [{"to": [{"email": "oncall@example.org", "name": "Doe, Jane"}, {"email": "b@example.org"}],
                          "cc": [{"email": "c@example.org"}]}],
    "from": {"email": "alerts@example.org", "name": "Picket"},
    "subject": "redis is down",
    "headers": {"Auto-Submitted": "auto-generated", "X-Priority": "1", "Message-ID": "<m1@picket>",
                "References": "<root@picket>", "In-Reply-To": "<root@picket>"},
    "content": [{"type": "text/plain", "value": "text \uFFFD"}, {"type": "text/html", "value": "<b>html</b>"}]})"));

  answer({400, R"({"errors": [{"message": "does not contain a valid address", "field": "from.email"}]})"});
  result = sender->send(mail, kTimeout);
  EXPECT_EQ(result.outcome, Permanent);
  EXPECT_EQ(result.detail, "HTTP 400: does not contain a valid address");
  answer({429, "", {{"X-RateLimit-Reset", std::to_string(unix_millis(clock_.wall()) / 1000 + 30)}}});
  result = sender->send(mail, kTimeout);
  EXPECT_EQ(result.outcome, Retry);
  ASSERT_TRUE(result.retry_after);
  EXPECT_LE(*result.retry_after, std::chrono::seconds(30));
  for (const char* far : {"9300000000000000", "9223372036854775807"}) {
    answer({429, "", {{"X-RateLimit-Reset", far}}});
    EXPECT_EQ(sender->send(mail, kTimeout).retry_after, std::chrono::hours(1)) << far;
  }
  mail.to.clear();
  EXPECT_EQ(sender->send(mail, kTimeout).outcome, Permanent);
}

}  // namespace
}  // namespace picket
