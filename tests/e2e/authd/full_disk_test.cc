// authd whose database takes nothing: by a limit of the kernel that refuses every write to a file, as a full
// disk does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

using testing::HasSubstr;

class AuthFullDiskTest : public ::testing::Test {
 protected:
  AuthFullDiskTest() { daemon_.create_user("alice", "user", kPassword); }
  void limit_files(rlim_t bytes) const {
    const rlimit limit{bytes, RLIM_INFINITY};
    ASSERT_EQ(::prlimit(daemon_.pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  }
  int login_status() const {
    return daemon_.post("/api/v1/auth/login", {{"username", "alice"}, {"password", kPassword}}).status;
  }

  AuthDaemon daemon_;
};

TEST_F(AuthFullDiskTest, IsNotReadyUntilThereIsRoomAgain) {
  ASSERT_EQ(login_status(), 200);
  limit_files(0);
  EXPECT_EQ(login_status(), 503);
  ASSERT_TRUE(daemon_.wait_ready(false)) << daemon_.log();
  EXPECT_THAT(http_get(daemon_.url("/-/ready")).body, HasSubstr("the database cannot be written: "));
  EXPECT_EQ(daemon_.healthcheck().exit_code, 1);
  EXPECT_EQ(daemon_.metric("authd_store_up"), 0);
  limit_files(RLIM_INFINITY);
  ASSERT_TRUE(daemon_.wait_ready());
  EXPECT_EQ(daemon_.metric("authd_store_up"), 1);
  EXPECT_EQ(login_status(), 200);
}

}  // namespace
}  // namespace picket::test
