#include <gtest/gtest.h>

#include "tests/daemon/running_daemon.h"

namespace picket::test {
namespace {

TEST(Daemon, ShowsNoMetricsWhileItsServiceHoldsThemBack) {
  const RunningDaemon daemon("message: one\nhold: reading what was read before\n");
  const HttpAnswer held = daemon.get("/metrics");
  EXPECT_EQ(held.status, 503);
  EXPECT_EQ(held.body, "reading what was read before\n");
  EXPECT_EQ(daemon.get("/-/ready").status, 200);
  daemon.write_config("message: one\n");
  ASSERT_EQ(daemon.reload().status, 200);
  EXPECT_EQ(daemon.get("/metrics").status, 200);
}

}  // namespace
}  // namespace picket::test
