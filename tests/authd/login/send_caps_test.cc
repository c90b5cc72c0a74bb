// How many messages leave, to the second and to the message: the pause, the hour and the day that slide, and
// who is counted for what.
#include "authd/login/send_caps.h"

#include "base/time/timestamp.h"
#include "tests/authd/store/interrupted_stores.h"
#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class SendCapsTest : public OnStores {
 protected:
  bool take(const std::string& target, const std::string& account = "id-alice",
            OtpChannel channel = OtpChannel::Email) {
    const auto taken = caps_.take({channel, target, account});
    EXPECT_TRUE(taken) << taken.error().message;
    return taken && *taken;
  }
  void configure(const SendCapsConfig& caps) {
    LoginConfig config;
    config.caps = caps;
    settings_.publish(LoginRules::make(config, files_).value());
  }

  RealFiles files_;
  LoginSettings settings_{LoginRules::make({}, files_).value()};
  InterruptedFailures failures_{stores_->failures()};
  SendCaps caps_{failures_, clock_, settings_, Secret("key of targets")};
};

TEST_P(SendCapsTest, APauseIsOverToTheSecondAndWhoComesTooEarlyMovesNothing) {
  EXPECT_TRUE(take("a@example.org"));
  clock_.advance(59s);
  EXPECT_FALSE(take("a@example.org"));
  EXPECT_TRUE(take("b@example.org"));
  EXPECT_TRUE(take("a@example.org", "id-alice", OtpChannel::Sms)) << "another way to another place";
  clock_.advance(1s);
  EXPECT_TRUE(take("a@example.org"));
}

// Both looked before either was counted.
TEST_P(SendCapsTest, OfTwoAtTheSameMomentOneIsSent) {
  bool other = false;
  failures_.after_reading("sent|", [&] { other = take("a@example.org"); });
  EXPECT_FALSE(take("a@example.org"));
  EXPECT_TRUE(other);
}

// From 12:00. The hour before weighs by what is left of it; what was refused weighs nothing.
TEST_P(SendCapsTest, AnHourSlides) {
  clock_.advance(54min);
  for (int i = 0; i < 5; ++i) {
    clock_.advance(1min);
    EXPECT_TRUE(take("a@example.org")) << i;
  }
  const struct {
    Duration later;
    bool is_sent;
  } rows[] = {{1min, false},   // 13:00, 5 before weigh 5
              {2min, false},   // 13:02, 4.8 weigh 5
              {13min, true},   // 13:15, 3.75 weigh 4
              {1min, false},   // 13:16
              {14min, true},   // 13:30, 2.5 weigh 3
              {1min, false},   // 13:31
              {29min, true}};  // 14:00, 2 before weigh 2
  for (const auto& row : rows) {
    clock_.advance(row.later);
    EXPECT_EQ(take("a@example.org"), row.is_sent) << format_rfc3339(now());
  }
}

TEST_P(SendCapsTest, ADayIsCountedForAnAccountOverAllItsPlaces) {
  configure({.per_account_day = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(take(fmt::format("{}@example.org", i)));
  EXPECT_FALSE(take("4@example.org"));
  EXPECT_FALSE(take("+14155550100", "id-alice", OtpChannel::Sms));
  EXPECT_TRUE(take("5@example.org", "id-bob"));
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(take(fmt::format("new{}@example.org", i), "")) << "invitations are nobody's";
  clock_.advance(48h);
  EXPECT_TRUE(take("4@example.org"));
}

TEST_P(SendCapsTest, NumbersAreOfAllowedCountriesAndMailAddressesOfAny) {
  configure({.sms_prefixes = {"+49", "+1415"}});
  EXPECT_TRUE(take("+14155550100", "id-a", OtpChannel::Sms));
  EXPECT_TRUE(take("+4930123456", "id-b", OtpChannel::Sms));
  EXPECT_FALSE(take("+14165550100", "id-c", OtpChannel::Sms));
  EXPECT_FALSE(take("0049301234", "id-d", OtpChannel::Sms));
  EXPECT_TRUE(take("c@example.org", "id-c"));
}

INSTANTIATE_TEST_SUITE_P(Engines, SendCapsTest, testing::Values(sql::Engine::Sqlite), test::engine_name);

}  // namespace
}  // namespace picket::authd
