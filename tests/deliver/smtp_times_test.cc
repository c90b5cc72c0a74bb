// The SMTP sender and a server that answers late, never, or carelessly.
#include <gtest/gtest.h>

#include <future>

#include "base/deliver/email.h"
#include "tests/deliver/silent_server.h"
#include "tests/support/smtp_server.h"

namespace picket {
namespace {

using test::SilentServer;
using test::SmtpOptions;
using test::SmtpServer;

constexpr Duration kSendTimeout = std::chrono::seconds(10);

EmailMessage mail_to(const std::string& mailbox) {
  EmailMessage message;
  message.from = "Picket <alerts@example.org>";
  message.to = {mailbox};
  message.subject = "redis is down";
  message.text = "redis does not answer";
  message.message_id = "m1@picket.example.org";
  return message;
}

class SmtpTimes : public testing::Test {
 protected:
  DeliveryResult send(const SmtpConfig& config, const EmailMessage& message) {
    return make_smtp_sender(config, clock_, random_)->send(message, kSendTimeout);
  }
  static SmtpConfig config_of(const SilentServer& server) {
    SmtpConfig config;
    config.host = "127.0.0.1";
    config.port = server.port();
    config.security = SmtpSecurity::None;
    return config;
  }

  SystemClock clock_;
  SystemRandom random_;
};

TEST_F(SmtpTimes, AServerThatIsSilentCostsTheTimeout) {
  const SilentServer server({});
  const SmtpConfig config = config_of(server);
  const DeliveryResult result = make_smtp_sender(config, clock_, random_)
                                    ->send(mail_to("a@example.org"), std::chrono::milliseconds(200));
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_FALSE(result.maybe_delivered);
  EXPECT_GE(result.latency, std::chrono::milliseconds(200));
  EXPECT_LT(result.latency, std::chrono::seconds(5));
}

TEST_F(SmtpTimes, AServerThatIsSilentAfterTheMailHoldsNobody) {
  const SilentServer server({"220 hello", "250 hello", "250 sender", "250 recipient", "354 go on",
                             "250 2.0.0 Ok: queued as 4F3B21"});
  const SmtpConfig config = config_of(server);
  const DeliveryResult result = send(config, mail_to("a@example.org"));
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
  EXPECT_EQ(result.provider_id, "4F3B21");
  EXPECT_LT(result.latency, kSendTimeout / 2) << "it waited for the answer to QUIT";
}

// Who gives up while the server still looks through the mail sends it twice.
TEST_F(SmtpTimes, AMailMayBeAnsweredLongAfterTheConversationsTimeout) {
  const SilentServer server(
      {"220 hello", "250 hello", "250 sender", "250 recipient", "354 go on", "250 taken at last"},
      std::chrono::milliseconds(1500));
  SmtpConfig config = config_of(server);
  config.conversation_timeout = std::chrono::milliseconds(500);
  const DeliveryResult result = send(config, mail_to("a@example.org"));
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
  EXPECT_EQ(result.detail, "250 taken at last");
  EXPECT_GT(result.latency, config.conversation_timeout);
}

TEST_F(SmtpTimes, ADaemonThatStopsDoesNotWaitForTheAnswer) {
  SilentServer server({"220 hello", "250 hello", "250 sender", "250 recipient", "354 go on"});
  const SmtpConfig config = config_of(server);
  const auto sender = make_smtp_sender(config, clock_, random_);
  auto sent =
      std::async(std::launch::async, [&] { return sender->send(mail_to("a@example.org"), kSendTimeout); });
  ASSERT_TRUE(server.wait_for_mail());
  sender->stop();
  const DeliveryResult result = sent.get();
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_TRUE(result.maybe_delivered);
  EXPECT_EQ(result.detail, "no answer after the message was sent: given up, since the daemon stops");
}

TEST_F(SmtpTimes, BeforeTheMailTheConversationsTimeoutHolds) {
  const SilentServer server({"220 hello", "250 hello"});
  SmtpConfig config = config_of(server);
  config.conversation_timeout = std::chrono::seconds(4);
  const DeliveryResult result = send(config, mail_to("a@example.org"));
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_FALSE(result.maybe_delivered);
  EXPECT_LT(result.latency, config.conversation_timeout * 2) << "it waited for the answer to QUIT";
}

TEST_F(SmtpTimes, ALocalPartBeyondAsciiIsRefusedWhereNobodyTakesIt) {
  SmtpOptions options;
  options.smtputf8 = false;
  const SmtpServer strict(options);
  const SilentServer careless(
      {"220 hello", "250 hello", "250 sender", "250 recipient", "354 go on", "250 taken"});
  SmtpConfig config = config_of(careless);
  for (const int port : {strict.port(), int{careless.port()}}) {
    config.port = static_cast<std::uint16_t>(port);
    const DeliveryResult result = send(config, mail_to("jürgen@example.org"));
    EXPECT_EQ(result.outcome, DeliveryOutcome::Permanent);
    EXPECT_NE(result.detail.find("SMTPUTF8"), std::string::npos) << result.detail;
    EXPECT_FALSE(result.maybe_delivered);
  }
  EXPECT_TRUE(strict.mails().empty());
  config.port = static_cast<std::uint16_t>(strict.port());
  EXPECT_EQ(send(config, mail_to("a@bücher.example")).outcome, DeliveryOutcome::Delivered);
}

}  // namespace
}  // namespace picket
