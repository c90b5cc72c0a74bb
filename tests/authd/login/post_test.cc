#include "authd/login/post.h"

#include <gmock/gmock.h>

#include <atomic>

#include "base/text/strings.h"
#include "tests/authd/login/login_fixture.h"

namespace picket::authd {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class PostTest : public testing::Test {
 protected:
  PostSetup mail_by(const std::shared_ptr<Mailbox>& mailbox) const {
    return {.email = mailbox, .from = "Picket <auth@example.org>"};
  }

  PostParts parts() { return {scheduler_, clock_, random_, registry_, log_}; }
  double metric(const std::string& series) {
    Collector* const collectors[] = {&registry_};
    const std::string text = encode(collectors, ExpositionFormat::Text004);
    for (const std::string_view line : split(text, '\n')) {
      if (line.starts_with(series + " ")) return std::stod(std::string(line.substr(series.size() + 1)));
    }
    return 0;
  }
  /// Lets time go by, and what is due be tried.
  void pass(Duration duration, Post& post) {
    for (Duration gone{}; gone < duration; gone += std::chrono::seconds(1)) {
      scheduler_.advance(std::chrono::seconds(1));
      post.wait_until_idle();
    }
  }

  const std::shared_ptr<Mailbox> before_ = std::make_shared<Mailbox>(), after_ = std::make_shared<Mailbox>();
  test::ManualScheduler scheduler_;
  test::ManualClock& clock_ = scheduler_.manual_clock();
  SystemRandom random_;
  MetricRegistry registry_;
  std::vector<std::string> lines_;
  std::mutex lines_mutex_;
  Logger log_{{}, clock_, [this](std::string_view line) {
                const std::scoped_lock lock(lines_mutex_);
                lines_.emplace_back(line);
              }};
};

TEST_F(PostTest, SendsByTheNewWayAfterAReload) {
  Post post(mail_by(before_), parts());
  post.notify({"ann@example.org", "one", "text"});
  post.wait_until_idle();
  post.reload(mail_by(after_));
  post.notify({"ann@example.org", "two", "text"});
  post.wait_until_idle();
  EXPECT_THAT(before_->sent(), SizeIs(1));
  EXPECT_THAT(after_->sent(), SizeIs(1));
}

TEST_F(PostTest, CanDoWhatItsSetupCan) {
  Post post({}, parts());
  EXPECT_FALSE(post.can_email() || post.can_sms());
  post.notify({"ann@example.org", "one", "text"});
  post.reload({.email = before_,
               .sms = before_,
               .from = "a@example.org",
               .sms_from = "Picket",
               .service = "Example"});
  EXPECT_TRUE(post.can_email() && post.can_sms());
  EXPECT_EQ(post.service(), "Example");
  post.reload({.email = before_, .sms = before_});
  EXPECT_FALSE(post.can_email() || post.can_sms()) << "nobody to send as";
  post.wait_until_idle();
  EXPECT_THAT(before_->sent(), IsEmpty());
}

/// Takes its whole time and then fails, as a mail server does that has stopped to answer.
class HangingMailServer final : public EmailSender {
 public:
  explicit HangingMailServer(test::ManualClock& clock) : clock_(clock) {}
  DeliveryResult send(const EmailMessage&, Duration timeout) override {
    ++tried_;
    clock_.advance(timeout);
    return {};
  }
  int tried() const { return tried_; }

 private:
  test::ManualClock& clock_;
  std::atomic<int> tried_ = 0;
};

TEST_F(PostTest, EndsInTimeWhenTheMailServerHangs) {
  const auto server = std::make_shared<HangingMailServer>(clock_);
  Post post({.email = server, .from = "a@example.org", .email_timeout = 20s}, parts());
  post.hurry(30s);
  const MonoTime start = clock_.mono();
  for (int i = 0; i < 100; ++i) post.notify({"ann@example.org", "news", "text"});
  post.wait_until_idle();
  EXPECT_LE(clock_.mono() - start, 60s) << "two at a time, none longer than what was left";
  EXPECT_LE(server->tried(), 4);
  EXPECT_GE(server->tried(), 2);
}

/// Answers what it is told to, in order, then takes everything.
class MoodyServer final : public EmailSender, public SmsSender {
 public:
  explicit MoodyServer(std::vector<DeliveryResult> answers) : answers_(std::move(answers)) {}
  DeliveryResult send(const EmailMessage&, Duration) override { return answer(""); }
  DeliveryResult send(const SmsMessage& message, Duration) override {
    return answer(message.idempotency_key);
  }
  std::size_t tried() const {
    const std::scoped_lock lock(mutex_);
    return keys_.size();
  }
  std::vector<std::string> keys() const {
    const std::scoped_lock lock(mutex_);
    return keys_;
  }

 private:
  DeliveryResult answer(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    keys_.push_back(key);
    DeliveryResult result;
    result.outcome = DeliveryOutcome::Delivered;
    if (keys_.size() <= answers_.size()) result = answers_.at(keys_.size() - 1);
    return result;
  }

  const std::vector<DeliveryResult> answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> keys_;
};

DeliveryResult for_now(std::optional<Duration> retry_after = {}) {
  DeliveryResult result;
  result.code = 503;
  result.detail = "HTTP 503";
  result.retry_after = retry_after;
  return result;
}

PostSetup by(const std::shared_ptr<MoodyServer>& server) {
  return {.email = server, .sms = server, .from = "a@example.org", .sms_from = "Picket"};
}

TEST_F(PostTest, TriesAgainWhatFailedForNow) {
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>{for_now(), for_now()});
  Post post(by(server), parts());
  post.send_code(OtpChannel::Email, {"ann@example.org", "code", "text"}, 10min);
  post.wait_until_idle();
  EXPECT_EQ(server->tried(), 1U);
  EXPECT_EQ(metric("authd_messages_waiting"), 1);
  pass(10s, post);
  EXPECT_EQ(server->tried(), 3U);
  EXPECT_EQ(metric("authd_messages_waiting"), 0);
  EXPECT_EQ(metric(R"(authd_otp_sent_total{channel="email",result="sent"})"), 1);
  EXPECT_EQ(metric(R"(authd_otp_sent_total{channel="email",result="failed"})"), 0);
  EXPECT_EQ(metric(R"(authd_message_retries_total{channel="email"})"), 2);
}

TEST_F(PostTest, WaitsAsLongAsTheProviderAsks) {
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>{for_now(60s)});
  Post post(by(server), parts());
  post.notify({"ann@example.org", "news", "text"});
  post.wait_until_idle();
  pass(58s, post);
  EXPECT_EQ(server->tried(), 1U);
  pass(4s, post);
  EXPECT_EQ(server->tried(), 2U);
  EXPECT_EQ(metric(R"(authd_notices_sent_total{result="sent"})"), 1);
}

TEST_F(PostTest, GivesACodeUpWhenItIsWorthless) {
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>(100, for_now()));
  Post post(by(server), parts());
  post.send_code(OtpChannel::Sms, {"+14155550100", "", "text"}, 10min);
  post.wait_until_idle();
  pass(11min, post);
  const std::size_t tried = server->tried();
  EXPECT_GE(tried, 5U);
  EXPECT_LE(tried, 12U);
  EXPECT_EQ(metric(R"(authd_otp_sent_total{channel="sms",result="failed"})"), 1);
  EXPECT_EQ(metric("authd_messages_waiting"), 0);
  pass(1min, post);
  EXPECT_EQ(server->tried(), tried) << "never again";
  const std::vector<std::string> keys = server->keys();
  EXPECT_NE(keys.front(), "");
  EXPECT_EQ(keys.back(), keys.front()) << "providers see that it is the same";
  EXPECT_TRUE(std::ranges::any_of(lines_, [](const std::string& line) {
    return line.find("level=error") != std::string::npos &&
           line.find("message given up") != std::string::npos &&
           line.find("+14155550100") == std::string::npos;
  }));
}

TEST_F(PostTest, ALinkIsTriedForAsLongAsItIsGood) {
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>{for_now(45min)});
  Post post(by(server), parts());
  post.notify({"ann@example.org", "link", "text"}, 30min);
  post.wait_until_idle();
  EXPECT_EQ(metric(R"(authd_notices_sent_total{result="failed"})"), 1) << "it would be over";
  const auto patient = std::make_shared<MoodyServer>(std::vector<DeliveryResult>{for_now(45min)});
  post.reload(by(patient));
  post.notify({"ann@example.org", "link", "text"}, 1h);
  post.wait_until_idle();
  pass(46min, post);
  EXPECT_EQ(patient->tried(), 2U);
  EXPECT_EQ(metric(R"(authd_notices_sent_total{result="sent"})"), 1);
}

TEST_F(PostTest, TriesWhatWasRefusedOnceOnly) {
  DeliveryResult refused;
  refused.outcome = DeliveryOutcome::Permanent;
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>{refused});
  Post post(by(server), parts());
  post.notify({"ann@example.org", "news", "text"});
  post.wait_until_idle();
  pass(1min, post);
  EXPECT_EQ(server->tried(), 1U);
  EXPECT_EQ(metric(R"(authd_notices_sent_total{result="failed"})"), 1);
}

TEST_F(PostTest, KeepsABoundedNumberForAnotherTry) {
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>(2000, for_now(1h)));
  Post post(by(server), parts());
  for (int i = 0; i < 600; ++i) {
    post.notify({"ann@example.org", "news", "text"});
    post.wait_until_idle();
  }
  EXPECT_EQ(metric("authd_messages_waiting"), 512);
  EXPECT_EQ(metric(R"(authd_notices_sent_total{result="failed"})"), 88);
}

TEST_F(PostTest, TriesOnceMoreBeforeTheEnd) {
  const auto server = std::make_shared<MoodyServer>(std::vector<DeliveryResult>{for_now(1h), for_now(1h)});
  {
    Post post(by(server), parts());
    post.notify({"ann@example.org", "one", "text"});
    post.wait_until_idle();
    post.notify({"ann@example.org", "two", "text"});
    post.wait_until_idle();
    post.hurry(10s);
    post.wait_until_idle();
    EXPECT_EQ(server->tried(), 4U);
    EXPECT_EQ(metric(R"(authd_notices_sent_total{result="sent"})"), 2);
    post.notify({"ann@example.org", "three", "text"});
  }
  EXPECT_EQ(server->tried(), 5U);
}

}  // namespace
}  // namespace picket::authd
