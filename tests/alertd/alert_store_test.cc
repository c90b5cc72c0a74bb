// alertd's database and a second alertd on its folder.
#include "alertd/alert_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace picket::alertd {
namespace {

TEST(AlertStore, IsOfOneProcessAtATime) {
  const test::TempDir dir;
  RealFiles files;
  DaemonFlags flags;
  flags.storage_path = dir.file("state");
  {
    const Result<AlertStore> first = open_alert_store(flags, files);
    ASSERT_TRUE(first) << first.error().message;
    const Result<AlertStore> second = open_alert_store(flags, files);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
    EXPECT_EQ(second.error().message,
              fmt::format("storage: {}/alertd.lock is held by {} (process {})", flags.storage_path,
                          program_invocation_short_name, getpid()));
  }
  EXPECT_TRUE(open_alert_store(flags, files)) << "whoever has ended holds nothing";
}

}  // namespace
}  // namespace picket::alertd
