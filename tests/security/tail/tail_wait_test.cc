// Sleeping until a file changes, with a real inotify and without one.
#include <sys/inotify.h>

#include <thread>

#include "exporters/security/tail/tail_wait.h"
#include "tests/security/tail/tail_fixture.h"

namespace picket::security::test {
namespace {

using TailWaiting = TailTest;
using Why = TailWait::Why;

TEST_F(TailWaiting, EndsWhenAFileIsWrittenAlsoAfterItsRotation) {
  TailWait wait;
  ASSERT_EQ(wait.polling(), "");
  const Writer writer(path());
  writer.write("one\n");
  read();
  wait.watch(tail().watched());
  EXPECT_EQ(wait.wait({}), Why::Time);
  writer.write("two\n");
  EXPECT_EQ(wait.wait(seconds(30)), Why::Files);
  rename("x.log", "x.log.1");
  EXPECT_EQ(wait.wait(seconds(30)), Why::Folders);
  writer.write("three\n");
  EXPECT_EQ(wait.wait(seconds(30)), Why::Files);
  EXPECT_EQ(wait.wait({}), Why::Time);
}

TEST_F(TailWaiting, EndsWhenAFileComes) {
  options_.pattern = path("*.log");
  TailWait wait;
  read();
  wait.watch(tail().watched());
  append("one\n");
  EXPECT_EQ(wait.wait(seconds(30)), Why::Folders);
}

TEST_F(TailWaiting, EndsWhenItIsWoken) {
  TailWait wait;
  wait.wake();
  EXPECT_EQ(wait.wait(seconds(30)), Why::Woken);
  const std::jthread other([&] { wait.wake(); });
  EXPECT_EQ(wait.wait(seconds(30)), Why::Woken);
}

TEST_F(TailWaiting, PollsWhereNoWatchesAreLeft) {
  std::vector<int> taken;
  for (int fd = 0; (fd = inotify_init1(IN_CLOEXEC)) >= 0;) taken.push_back(fd);
  TailWait wait;
  for (const int fd : taken) close(fd);
  EXPECT_NE(wait.polling(), "");
  append("one\n");
  read();
  wait.watch(tail().watched());
  EXPECT_EQ(wait.wait(seconds(600)), Why::Time) << "after 250 ms";
  wait.wake();
  EXPECT_EQ(wait.wait(seconds(600)), Why::Woken);
}

}  // namespace
}  // namespace picket::security::test
