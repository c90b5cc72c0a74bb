// What the webhook and Slack notifiers make of their peer's answers: a foreign HTTP server (cpp-httplib).
#include <gtest/gtest.h>

#include "alertd/notify/slack/slack_notifier.h"
#include "alertd/notify/webhook/webhook_notifier.h"
#include "base/http/client.h"
#include "tests/support/peer_server.h"

namespace picket::alertd {
namespace {

using test::LocalPeer;
using test::PeerAnswer;
using test::PeerRequest;
using enum DeliveryOutcome;

constexpr Duration kTimeout = std::chrono::seconds(10);

class HttpNotifiersTest : public testing::Test {
 protected:
  DeliveryResult webhook(const std::string& path = "/") {
    WebhookConfig config;
    config.url = Secret(peer_.url(path));
    const auto notifier =
        WebhookNotifier::make(config, MessageTemplates("alertd.yml", library_), client_, clock_);
    return notifier.value()->deliver("id-1", kMessage, kTimeout);
  }
  DeliveryResult slack(const PeerAnswer& answer) {
    peer_.answer_with([answer](const PeerRequest&) { return answer; });
    SlackConfig config;
    config.api_url = Secret(peer_.url("/services/token"));
    const auto notifier =
        SlackNotifier::make(config, MessageTemplates("alertd.yml", library_), client_, clock_);
    return notifier.value()->deliver("id-1", kMessage, kTimeout);
  }

  const Message kMessage{.target = "t", .summary = "s", .payload = R"({"the":"message"})"};
  const TemplateLibrary library_ = default_template_library().value();
  SystemClock clock_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  LocalPeer peer_;  // goes after the client, which keeps connections to it
  CurlClient client_{loop_, resolver_};
};

// A POST that a redirect turns into a GET was recorded as delivered, and nobody had read it.
TEST_F(HttpNotifiersTest, OnlyARedirectThatKeepsTheMessageIsFollowed) {
  struct Row {
    int status;
    DeliveryOutcome outcome;
    std::size_t requests;
  };
  for (const Row& row : {Row{301, Permanent, 1}, Row{302, Permanent, 1}, Row{303, Permanent, 1},
                         Row{307, Delivered, 2}, Row{308, Delivered, 2}}) {
    peer_.answer_with([status = row.status](const PeerRequest& request) {
      if (request.path != "/old") return PeerAnswer{};
      return PeerAnswer{status, "", {{"Location", "/new"}}};
    });
    const std::size_t before = peer_.count();
    const DeliveryResult result = webhook("/old");
    EXPECT_EQ(result.outcome, row.outcome) << row.status << ": " << result.detail;
    EXPECT_EQ(peer_.count() - before, row.requests) << row.status;
    EXPECT_EQ(peer_.requests().back().method, "POST") << row.status;
    EXPECT_EQ(peer_.requests().back().body, kMessage.payload) << row.status;
  }
}

TEST_F(HttpNotifiersTest, SlackSaysInsideA200WhetherItTookTheMessage) {
  struct Row {
    std::string body;
    DeliveryOutcome outcome;
    std::string detail;
  };
  const Row rows[] = {
      {"ok", Delivered, "HTTP 200 OK: ok"},
      {R"({"ok":true,"ts":"1"})", Delivered, "HTTP 200 OK: {\"ok\":true,\"ts\":\"1\"}"},
      {R"({"success":true})", Delivered, "HTTP 200 OK: {\"success\":true}"},
      {R"({"ok":false,"error":"channel_not_found"})", Permanent, "Slack: channel_not_found"},
      {R"({"ok":false,"error":"rate_limited"})", Retry, "Slack: rate_limited"},
      {R"({"ok":"no","error":7})", Permanent, "Slack: the answer is not ok"},
      {"invalid_payload", Permanent, "Slack: the answer is not \"ok\": invalid_payload"},
      {"<html>log in</html>", Permanent, "Slack: the answer is not \"ok\": <html>log in</html>"},
      {"", Permanent, "Slack: the answer is not \"ok\": "},
  };
  for (const Row& row : rows) {
    const DeliveryResult result = slack({200, row.body, {{"Retry-After", "7"}}});
    EXPECT_EQ(result.outcome, row.outcome) << row.body;
    EXPECT_EQ(result.detail, row.detail);
    EXPECT_EQ(result.code, 200);
  }
  EXPECT_EQ(slack({200, R"({"ok":false,"error":"ratelimited"})", {{"Retry-After", "7"}}}).retry_after,
            std::chrono::seconds(7));
}

}  // namespace
}  // namespace picket::alertd
