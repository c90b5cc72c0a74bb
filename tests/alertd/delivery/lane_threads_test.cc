#include "alertd/delivery/lane_threads.h"

#include <gtest/gtest.h>

#include <future>

#include "alertd/delivery/lane.h"
#include "tests/support/wait.h"

namespace picket::alertd {
namespace {

TEST(LaneThreads, AreForgottenOnceNothingRuns) {
  LaneThreads threads(2);
  std::promise<void> begun, go_on;
  ASSERT_TRUE(threads.run("a", [&] {
    begun.set_value();
    go_on.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_FALSE(threads.forget("a")) << "it does not wait for what runs";
  EXPECT_EQ(threads.lanes(), 1U);
  go_on.set_value();
  EXPECT_TRUE(picket::test::wait_until(std::chrono::seconds(10), [&] { return threads.forget("a"); }));
  EXPECT_EQ(threads.lanes(), 0U);
  std::promise<void> again;
  ASSERT_TRUE(threads.run("a", [&] { again.set_value(); }));
  again.get_future().wait();
}

}  // namespace
}  // namespace picket::alertd
