// The flag of a device that logged in before: whose it is, how long, and that nobody makes one.
#include "authd/login/device_marks.h"

#include <gtest/gtest.h>

#include "base/text/strings.h"
#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class DeviceMarksTest : public ::testing::Test {
 protected:
  test::ManualClock clock_;
  SystemRandom random_;
  DeviceMarks marks_{Secret("a key of the test"), random_, clock_};
};

TEST_F(DeviceMarksTest, NameOneDeviceOfOneAccount) {
  const std::string alice = marks_.renew("id-alice", "");
  const std::string device = marks_.device_of("id-alice", alice);
  EXPECT_NE(device, "");
  EXPECT_EQ(marks_.device_of("id-bob", alice), "");
  EXPECT_TRUE(marks_.has_any(alice));
  EXPECT_EQ(alice.find("alice"), std::string::npos) << "the account is not in it";
  EXPECT_NE(marks_.device_of("id-alice", marks_.renew("id-alice", "")), device) << "another browser";
  EXPECT_EQ(marks_.device_of("id-alice", marks_.renew("id-alice", alice)), device) << "the same one again";
  EXPECT_EQ(marks_.device_of("id-alice", marks_.renew("id-alice", alice, "d7")), "d7");
}

TEST_F(DeviceMarksTest, HoldTheLastFiveAccountsOfABrowser) {
  std::string marks;
  for (int i = 0; i < 7; ++i) marks = marks_.renew(fmt::format("id-{}", i), marks);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(marks_.device_of(fmt::format("id-{}", i), marks).empty(), i < 2) << i;
  EXPECT_LT(marks.size(), 512U) << "a cookie";
}

TEST_F(DeviceMarksTest, EndAfterNinetyDaysWithoutALogin) {
  std::string marks = marks_.renew("id-alice", "");
  clock_.advance(89 * 24h);
  EXPECT_NE(marks_.device_of("id-alice", marks), "");
  marks = marks_.renew("id-alice", marks);
  clock_.advance(89 * 24h);
  EXPECT_NE(marks_.device_of("id-alice", marks), "");
  clock_.advance(2 * 24h);
  EXPECT_EQ(marks_.device_of("id-alice", marks), "");
  EXPECT_FALSE(marks_.has_any(marks));
}

TEST_F(DeviceMarksTest, AreMadeByNobodyElse) {
  const DeviceMarks other(Secret("another key"), random_, clock_);
  EXPECT_FALSE(marks_.has_any(other.renew("id-alice", "")));
  const std::string good = marks_.renew("id-alice", "");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(marks_.device_of("id-alice", changed), "") << i;
  }
  for (const std::string& rubbish :
       {std::string(), std::string("pkm_"), std::string("pkm_~~~"), std::string("pkm_...."), good.substr(4),
        std::string("pkm_a~999999999999999999999~b~c"), "pkm_" + std::string(100'000, '.')})
    EXPECT_FALSE(marks_.has_any(rubbish)) << rubbish.substr(0, 50);
}

}  // namespace
}  // namespace picket::authd
