#include "authd/login/post.h"

#include <gmock/gmock.h>

#include <atomic>

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

  const std::shared_ptr<Mailbox> before_ = std::make_shared<Mailbox>(), after_ = std::make_shared<Mailbox>();
  test::ManualClock clock_;
  MetricRegistry registry_;
  Logger log_{{}, clock_, [](std::string_view) {}};
};

TEST_F(PostTest, SendsByTheNewWayAfterAReload) {
  Post post(mail_by(before_), clock_, registry_, log_);
  post.notify({"ann@example.org", "one", "text"});
  post.wait_until_idle();
  post.reload(mail_by(after_));
  post.notify({"ann@example.org", "two", "text"});
  post.wait_until_idle();
  EXPECT_THAT(before_->sent(), SizeIs(1));
  EXPECT_THAT(after_->sent(), SizeIs(1));
}

TEST_F(PostTest, CanDoWhatItsSetupCan) {
  Post post({}, clock_, registry_, log_);
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
  Post post({.email = server, .from = "a@example.org", .email_timeout = 20s}, clock_, registry_, log_);
  post.hurry(30s);
  const MonoTime start = clock_.mono();
  for (int i = 0; i < 100; ++i) post.notify({"ann@example.org", "news", "text"});
  post.wait_until_idle();
  EXPECT_LE(clock_.mono() - start, 60s) << "two at a time, none longer than what was left";
  EXPECT_LE(server->tried(), 4);
  EXPECT_GE(server->tried(), 2);
}

}  // namespace
}  // namespace picket::authd
