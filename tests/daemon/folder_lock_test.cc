// One process at a time on a state folder. A second lock of this process stands for that of another one.
#include "base/daemon/folder_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/temp_dir.h"

namespace picket {
namespace {

class FolderLockTest : public testing::Test {
 protected:
  std::string file() const { return dir_.file("state/demo.lock"); }
  FolderLock lock() { return {files_, file()}; }

  test::TempDir dir_;
  RealFiles files_;
};

TEST_F(FolderLockTest, RefusesASecondProcessWithTheNameOfTheFirst) {
  FolderLock first = lock();
  FolderLock second = lock();
  ASSERT_TRUE(first.claim());
  for (const Result<void>& refused : {second.claim(), second.hold()}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
    EXPECT_EQ(refused.error().message,
              fmt::format("{} is held by {} (process {})", file(), program_invocation_short_name, getpid()));
  }
}

TEST_F(FolderLockTest, IsHeldUntilItsRelease) {
  FolderLock first = lock();
  FolderLock second = lock();
  ASSERT_TRUE(first.claim());
  ASSERT_TRUE(first.hold()) << "it has it already";
  EXPECT_FALSE(second.hold());
  first.release();
  EXPECT_TRUE(second.hold());
  EXPECT_FALSE(first.hold());
}

TEST_F(FolderLockTest, MakesTheFolderForItsOwnerAlone) {
  FolderLock first = lock();
  ASSERT_TRUE(first.hold());
  struct stat status {};
  ASSERT_EQ(stat(dir_.file("state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(FolderLockTest, TakesAFolderLaterThatCannotBeMadeAtStart) {
  dir_.write("state", "a file where the folder should be");
  FolderLock first = lock();
  FolderLock second = lock();
  EXPECT_TRUE(first.claim());
  const Result<void> held = first.hold();
  ASSERT_FALSE(held);
  EXPECT_NE(held.error().kind, ErrorKind::Conflict);
  std::filesystem::remove(dir_.file("state"));
  EXPECT_TRUE(first.hold());
  EXPECT_FALSE(second.claim());
}

TEST_F(FolderLockTest, TakesALockFileLaterThatCannotBeOpenedAtStart) {
  std::filesystem::create_directories(file());
  FolderLock first = lock();
  EXPECT_TRUE(first.claim());
  EXPECT_FALSE(first.hold());
  std::filesystem::remove(file());
  EXPECT_TRUE(first.hold());
}

TEST_F(FolderLockTest, OfNoFileIsSharedByProcesses) {
  FolderLock first(files_, "");
  FolderLock second(files_, "");
  EXPECT_TRUE(first.claim());
  EXPECT_TRUE(second.claim());
  EXPECT_TRUE(second.hold());
}

}  // namespace
}  // namespace picket
