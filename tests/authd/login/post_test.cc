#include "authd/login/post.h"

#include <gmock/gmock.h>

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
  Post post(mail_by(before_), registry_, log_);
  post.notify({"ann@example.org", "one", "text"});
  post.wait_until_idle();
  post.reload(mail_by(after_));
  post.notify({"ann@example.org", "two", "text"});
  post.wait_until_idle();
  EXPECT_THAT(before_->sent(), SizeIs(1));
  EXPECT_THAT(after_->sent(), SizeIs(1));
}

TEST_F(PostTest, CanDoWhatItsSetupCan) {
  Post post({}, registry_, log_);
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

}  // namespace
}  // namespace picket::authd
