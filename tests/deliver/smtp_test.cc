// The SMTP sender against a real server (aiosmtpd): security, authentication, answers, broken connections.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/deliver/email.h"
#include "tests/support/certificates.h"
#include "tests/support/free_port.h"
#include "tests/support/smtp_server.h"
#include "tests/support/temp_dir.h"

namespace picket {
namespace {

using test::Certificates;
using test::Mail;
using test::SmtpOptions;
using test::SmtpServer;

constexpr Duration kSmtpTimeout = std::chrono::seconds(10);

EmailMessage message_to(std::vector<std::string> to) {
  EmailMessage message;
  message.from = "Picket <alerts@example.org>";
  message.to = std::move(to);
  message.subject = "Störung: redis ist ausgefallen 🔥 " + std::string(80, 'x');
  message.text = "Zeile eins\r\n.\r\n..zwei = drei \r\nСбой\r\n" + std::string(2000, 'y') + "\r\n";
  message.html = "<p>Störung</p>";
  message.message_id = "m1@picket.example.org";
  return message;
}

class SmtpTest : public testing::Test {
 protected:
  DeliveryResult send(const SmtpConfig& config, const EmailMessage& message) {
    return make_smtp_sender(config, clock_, random_)->send(message, kSmtpTimeout);
  }
  DeliveryResult send(const SmtpConfig& config) { return send(config, message_to({"oncall@example.org"})); }
  static SmtpConfig config_of(const SmtpServer& server, SmtpSecurity security = SmtpSecurity::None) {
    SmtpConfig config;
    config.host = "127.0.0.1";
    config.port = static_cast<std::uint16_t>(server.port());
    config.security = security;
    config.hello = "picket.example.org";
    return config;
  }

  // For the tests that need neither TLS nor a login; each takes back what it refused.
  static void SetUpTestSuite() { plain_server = std::make_unique<SmtpServer>(); }
  static void TearDownTestSuite() { plain_server.reset(); }
  static std::unique_ptr<SmtpServer> plain_server;

  SystemClock clock_;
  SystemRandom random_;
};
std::unique_ptr<SmtpServer> SmtpTest::plain_server;

TEST_F(SmtpTest, DeliversAMailThatForeignSoftwareReadsTheSame) {
  const SmtpServer& server = *plain_server;
  EmailMessage message = message_to({"Jürgen Doe <oncall@example.org>"});
  message.cc = {"boss@example.org"};
  const DeliveryResult result = send(config_of(server), message);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
  EXPECT_EQ(result.code, 250);
  EXPECT_EQ(result.detail, "250 OK queued");
  EXPECT_GT(result.latency, Duration::zero());
  ASSERT_FALSE(server.mails().empty());
  const Mail mail = server.mails().back();
  EXPECT_EQ(mail.from, "alerts@example.org");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"oncall@example.org", "boss@example.org"}));
  EXPECT_EQ(mail.subject(), message.subject);
  EXPECT_EQ(mail.header("To"), "Jürgen Doe <oncall@example.org>");
  EXPECT_EQ(mail.header("Message-ID"), "<m1@picket.example.org>");
  EXPECT_EQ(mail.text, message.text);
  EXPECT_EQ(mail.html, message.html + "\r\n");
  EXPECT_EQ(mail.helo, "picket.example.org");
  EXPECT_FALSE(mail.tls);
}

TEST_F(SmtpTest, SpeaksTlsAsItIsTold) {
  Certificates certificates;
  const auto good = certificates.server();
  for (const bool implicit : {false, true}) {
    SmtpOptions options;
    options.cert = good.cert;
    options.key = good.key;
    options.implicit_tls = implicit;
    options.require_tls = !implicit;
    const SmtpServer server(options);
    SmtpConfig config = config_of(server, implicit ? SmtpSecurity::ImplicitTls : SmtpSecurity::StartTls);
    DeliveryResult result = send(config);
    EXPECT_EQ(result.outcome, DeliveryOutcome::Retry) << "a certificate of nobody was trusted";
    EXPECT_NE(result.detail.find("certificate"), std::string::npos) << result.detail;
    EXPECT_FALSE(result.maybe_delivered);

    config.tls.ca_file = certificates.ca_file();
    result = send(config);
    EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
    config.tls.server_name = "localhost";
    EXPECT_EQ(send(config).outcome, DeliveryOutcome::Delivered);
    config.tls.server_name = "mail.example.org";
    result = send(config);
    EXPECT_EQ(result.outcome, DeliveryOutcome::Retry) << "a certificate of another name was trusted";
    config.tls.insecure_skip_verify = true;
    EXPECT_EQ(send(config).outcome, DeliveryOutcome::Delivered);
    ASSERT_EQ(server.mails().size(), 3U);
    EXPECT_TRUE(server.mails()[0].tls);
  }
}

TEST_F(SmtpTest, ATlsFileThatIsAPipeFailsTheMailAndHoldsNothingUp) {
  const test::TempDir dir;
  const std::string pipe = dir.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  Certificates certificates;
  const auto good = certificates.server();
  SmtpOptions options;
  options.cert = good.cert;
  options.key = good.key;
  const SmtpServer server(options);
  SmtpConfig config = config_of(server, SmtpSecurity::StartTls);
  config.tls.ca_file = pipe;
  const DeliveryResult result = send(config);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_EQ(result.detail, "ca_file: " + pipe + ": is not a regular file");
}

TEST_F(SmtpTest, LogsInWithTheMechanismsThatTheServerOffers) {
  struct Row {
    bool password, cram_md5;
    std::string used;  // "" is refused
  };
  struct Server {
    std::vector<std::string> offered;
    std::vector<Row> rows;
  };
  const std::vector<Server> servers{
      {{"LOGIN"}, {{true, false, "LOGIN"}, {false, true, ""}}},
      {{"CRAM-MD5"}, {{false, true, "CRAM-MD5"}, {true, false, ""}}},
      {{"PLAIN", "LOGIN"}, {{true, false, "PLAIN"}, {true, true, "PLAIN"}}},
      {{"PLAIN", "LOGIN", "CRAM-MD5"}, {{true, true, "CRAM-MD5"}}},
  };
  for (const Server& offer : servers) {
    SmtpOptions options;
    options.user = "picket";
    options.password = "geh eim\"ü";
    options.mechanisms = offer.offered;
    const SmtpServer server(options);
    for (const Row& row : offer.rows) {
      SmtpConfig config = config_of(server);
      config.username = "picket";
      if (row.password) config.password = Secret(options.password);
      if (row.cram_md5) config.cram_md5_secret = Secret(options.password);
      const std::size_t before = server.mails().size();
      const DeliveryResult result = send(config);
      const bool accepted = !row.used.empty();
      EXPECT_EQ(result.outcome, accepted ? DeliveryOutcome::Delivered : DeliveryOutcome::Permanent)
          << result.detail;
      ASSERT_EQ(server.mails().size(), before + (accepted ? 1 : 0));
      if (!accepted) continue;
      EXPECT_EQ(server.mails().back().auth_mechanism, row.used);
      EXPECT_EQ(server.mails().back().auth_user, "picket");
    }
  }
}

TEST_F(SmtpTest, CredentialsAreNeitherSentInClearNorTold) {
  SmtpOptions options;
  options.user = "picket";
  options.password = "right";
  const SmtpServer server(options);
  SmtpConfig config = config_of(server);
  config.username = "picket";
  config.password = Secret("wrong-password");
  DeliveryResult result = send(config);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Permanent);
  EXPECT_EQ(result.code, 535) << result.detail;
  EXPECT_EQ(result.detail.find("wrong-password"), std::string::npos);

  config.password = Secret("right");
  config.security = SmtpSecurity::StartTls;  // which this server does not offer
  result = send(config);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_NE(result.detail.find("STARTTLS"), std::string::npos) << result.detail;
  EXPECT_TRUE(server.mails().empty());
}

TEST_F(SmtpTest, AnswersAreRetriedOrNotByTheirFirstDigit) {
  struct Row {
    std::string command, answer;
    DeliveryOutcome outcome;
    int code;
  };
  const std::vector<Row> rows{
      {"MAIL", "451 4.3.0 try later", DeliveryOutcome::Retry, 451},
      {"MAIL", "550 5.7.1 not you", DeliveryOutcome::Permanent, 550},
      {"RCPT", "450 4.2.1 greylisted", DeliveryOutcome::Retry, 450},
      {"RCPT", "550 5.1.1 no such user", DeliveryOutcome::Permanent, 550},
      {"DATA", "452 4.3.1 no space", DeliveryOutcome::Retry, 452},
      {"DATA", "554 5.7.1 looks like spam", DeliveryOutcome::Permanent, 554},
  };
  SmtpServer& server = *plain_server;
  const std::size_t before = server.mails().size();
  for (const Row& row : rows) {
    server.refuse(row.command, row.answer);
    const DeliveryResult result = send(config_of(server));
    server.refuse(row.command, "");
    EXPECT_EQ(result.outcome, row.outcome) << row.command << " " << row.answer;
    EXPECT_EQ(result.code, row.code) << row.command << " " << row.answer;
    EXPECT_NE(result.detail.find(row.answer.substr(4)), std::string::npos) << result.detail;
    EXPECT_FALSE(result.maybe_delivered);
  }
  EXPECT_EQ(server.mails().size(), before);
  EXPECT_EQ(send(config_of(server)).outcome, DeliveryOutcome::Delivered);
}

TEST_F(SmtpTest, OneRefusedRecipientDoesNotStopTheOthers) {
  SmtpServer& server = *plain_server;
  server.refuse("RCPT gone@example.org", "550 5.1.1 no such user");
  server.refuse("RCPT later@example.org", "450 4.2.1 greylisted");
  const DeliveryResult result =
      send(config_of(server), message_to({"gone@example.org", "oncall@example.org", "later@example.org"}));
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered);
  EXPECT_EQ(result.detail,
            "delivered to 1 of 3 recipients; refused <gone@example.org>: 550 5.1.1 no such user; "
            "<later@example.org>: 450 4.2.1 greylisted");
  EXPECT_EQ(result.deferred, std::vector<std::string>{"later@example.org"});
  ASSERT_FALSE(server.mails().empty());
  EXPECT_EQ(server.mails().back().to, std::vector<std::string>{"oncall@example.org"});

  const DeliveryResult none = send(config_of(server), message_to({"gone@example.org", "later@example.org"}));
  EXPECT_EQ(none.outcome, DeliveryOutcome::Retry) << "one of them may be accepted later";
  EXPECT_EQ(none.code, 450);
  server.refuse("RCPT gone@example.org", "");
  server.refuse("RCPT later@example.org", "");
}

TEST_F(SmtpTest, AnAnswerThatWasLostMayHaveBeenADelivery) {
  SmtpServer& server = *plain_server;
  const std::size_t before = server.mails().size();
  server.lose_answer(true);
  const DeliveryResult result = send(config_of(server));
  server.lose_answer(false);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_TRUE(result.maybe_delivered);
  EXPECT_NE(result.detail.find("no answer after the message was sent"), std::string::npos) << result.detail;
  EXPECT_EQ(server.mails().size(), before + 1);
}

TEST_F(SmtpTest, NobodyListeningIsRetried) {
  SmtpConfig config = config_of(*plain_server);
  config.port = static_cast<std::uint16_t>(test::free_port());
  const DeliveryResult result = send(config);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_EQ(result.code, 0);
  EXPECT_FALSE(result.maybe_delivered);
  EXPECT_NE(result.detail.find("connect"), std::string::npos) << result.detail;
}

TEST_F(SmtpTest, NamesAreLookedUpWithoutHoldingAnybody) {
  EventLoop loop;
  Resolver resolver(loop);
  const auto send_to = [&](const std::string& host) {
    SmtpConfig config = config_of(*plain_server);
    config.host = host;
    return make_smtp_sender(config, clock_, random_, &resolver)
        ->send(message_to({"a@example.org"}), kSmtpTimeout);
  };
  EXPECT_EQ(send_to("localhost").outcome, DeliveryOutcome::Delivered);
  EXPECT_EQ(send_to("127.0.0.1").outcome, DeliveryOutcome::Delivered);
  const DeliveryResult result = send_to("no such host");
  EXPECT_EQ(result.outcome, DeliveryOutcome::Retry);
  EXPECT_NE(result.detail.find("no such host"), std::string::npos) << result.detail;
}

TEST_F(SmtpTest, DomainsGoOutInAsciiAndLocalPartsWithSmtputf8) {
  EmailMessage message = message_to({"Jürgen <jürgen@example.org>", "a@bücher.example"});
  message.from = "alerts@störung.example";
  const DeliveryResult result = send(config_of(*plain_server), message);
  EXPECT_EQ(result.outcome, DeliveryOutcome::Delivered) << result.detail;
  ASSERT_FALSE(plain_server->mails().empty());
  const Mail mail = plain_server->mails().back();
  EXPECT_EQ(mail.from, "alerts@xn--strung-xxa.example");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"jürgen@example.org", "a@xn--bcher-kva.example"}));
  EXPECT_NE(mail.raw.find("From: alerts@xn--strung-xxa.example\r\n"), std::string::npos) << mail.raw;
}

TEST_F(SmtpTest, ABadMessageIsRefusedBeforeAnythingIsSent) {
  SmtpConfig config;
  config.host = "127.0.0.1";
  config.port = 1;
  const DeliveryResult result = send(config, message_to({"a@b.example\r\nRCPT TO:<evil@example.org>"}));
  EXPECT_EQ(result.outcome, DeliveryOutcome::Permanent);
  EXPECT_EQ(result.detail, "to: an address must not have line breaks or control characters");
}

}  // namespace
}  // namespace picket
