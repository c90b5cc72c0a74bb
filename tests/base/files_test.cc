// RealFiles on a real temporary folder.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/files/files.h"
#include "base/files/lock_file.h"

namespace picket {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string pattern = testing::TempDir() + "picket-files-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  unsigned mode(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(stat(path(name).c_str(), &status), 0);
    return status.st_mode & 07777U;
  }

  std::string folder_;
  RealFiles files_;
};

TEST_F(FilesTest, ReadBackWhatTheyWrote) {
  const std::string content(200'000, 'x');
  ASSERT_TRUE(files_.write_atomic(path("a"), content, 0600));
  EXPECT_EQ(files_.read(path("a"), Bytes{200'000}).value(), content);
  EXPECT_EQ(mode("a"), 0600U);
  ASSERT_TRUE(files_.write_atomic(path("a"), "", 0644));
  EXPECT_EQ(files_.read(path("a"), 1_KiB).value(), "");
  EXPECT_EQ(mode("a"), 0644U);
  EXPECT_EQ(files_.glob(path("*")).value(), std::vector<std::string>{path("a")})
      << "a temporary file was left";
}

TEST_F(FilesTest, RefuseMoreThanTheLimit) {
  ASSERT_TRUE(files_.write_atomic(path("a"), "12345", 0600));
  const auto content = files_.read(path("a"), Bytes{4});
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(content.error().message, path("a") + ": larger than 4");
}

TEST_F(FilesTest, ReadNothingButRegularFilesAndNeverWait) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  for (const std::string& other : {path("pipe"), std::string("/dev/null"), folder_}) {
    const auto read = files_.read(other, 1_KiB);
    ASSERT_FALSE(read) << other;
    EXPECT_EQ(read.error().kind, ErrorKind::InvalidInput) << other;
  }
  EXPECT_NE(files_.read(path("pipe"), 1_KiB).error().message.find("is not a regular file"),
            std::string::npos);
}

TEST_F(FilesTest, NameWhatIsMissing) {
  EXPECT_EQ(files_.read(path("none"), 1_KiB).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(files_.remove(path("none")).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(files_.modified(path("none")).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(files_.write_atomic(path("no/folder"), "x", 0600).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(files_.read(path("none"), 1_KiB).error().message, path("none") + ": No such file or directory");
  EXPECT_FALSE(files_.exists(path("none")));
  EXPECT_EQ(files_.glob(path("*.yml")).value(), std::vector<std::string>{});
}

TEST_F(FilesTest, AFailedWriteLeavesTheOldContent) {
  ASSERT_TRUE(files_.make_directories(path("target/full"), 0700));
  // A folder that is not empty cannot be replaced by a file: the rename fails after the content was written.
  EXPECT_FALSE(files_.write_atomic(path("target"), "x", 0600));
  EXPECT_EQ(files_.glob(path("*")).value(), std::vector<std::string>{path("target")})
      << "a temporary file was left";
}

TEST_F(FilesTest, NothingLaidInTheirWayIsFollowedOrStopsAWrite) {
  ASSERT_TRUE(files_.write_atomic(path("victim"), "precious", 0600));
  // The names that a process of this id would use if it counted: a crash leaves one, an attacker lays links.
  for (int i = 0; i < 1000; ++i) {
    const std::string guess = path(fmt::format("a.{}.{}.tmp", getpid(), i));
    ASSERT_EQ(symlink(path("victim").c_str(), guess.c_str()), 0);
  }
  const auto written = files_.write_atomic(path("a"), "new", 0600);
  EXPECT_TRUE(written) << written.error().message;
  EXPECT_EQ(files_.read(path("victim"), 1_KiB).value(), "precious");
}

TEST_F(FilesTest, ALockIsNotTakenThroughALink) {
  ASSERT_TRUE(files_.write_atomic(path("victim"), "precious", 0600));
  ASSERT_EQ(symlink(path("victim").c_str(), path("lock").c_str()), 0);
  EXPECT_FALSE(LockFile::acquire(path("lock")));
  EXPECT_EQ(files_.read(path("victim"), 1_KiB).value(), "precious");
}

TEST_F(FilesTest, MakeNestedFoldersOnce) {
  ASSERT_TRUE(files_.make_directories(path("a/b/c"), 0700));
  ASSERT_TRUE(files_.make_directories(path("a/b/c/"), 0700));
  EXPECT_EQ(mode("a/b/c"), 0700U);
  ASSERT_TRUE(files_.write_atomic(path("file"), "x", 0600));
  EXPECT_FALSE(files_.make_directories(path("file"), 0700));
  EXPECT_FALSE(files_.make_directories(path("file/a"), 0700));
}

TEST_F(FilesTest, ListSortedAndRemove) {
  for (const char* name : {"b.yml", "a.yml", "c.txt"})
    ASSERT_TRUE(files_.write_atomic(path(name), name, 0600));
  EXPECT_EQ(files_.glob(path("*.yml")).value(), (std::vector<std::string>{path("a.yml"), path("b.yml")}));
  EXPECT_GT(files_.modified(path("a.yml")).value(), 1'600'000'000'000'000'000);
  ASSERT_TRUE(files_.remove(path("a.yml")));
  EXPECT_FALSE(files_.exists(path("a.yml")));
}

TEST_F(FilesTest, ALockNamesItsHolder) {
  const auto first = LockFile::acquire(path("lock"));
  ASSERT_TRUE(first) << first.error().message;
  const auto second = LockFile::acquire(path("lock"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(second.error().message, fmt::format("{} is held by {} (process {})", path("lock"),
                                                program_invocation_short_name, getpid()));
}

TEST_F(FilesTest, ALockEndsWithItsHolder) {
  { const auto first = LockFile::acquire(path("lock")); }
  EXPECT_TRUE(LockFile::acquire(path("lock")));
}

TEST(ResolveBeside, ReadsPathsFromTheFilesFolder) {
  EXPECT_EQ(resolve_beside("/etc/picket/alertd.yml", "rules/*.yml"), "/etc/picket/rules/*.yml");
  EXPECT_EQ(resolve_beside("/etc/picket/alertd.yml", "/srv/x"), "/srv/x");
  EXPECT_EQ(resolve_beside("alertd.yml", "x"), "x");
  EXPECT_EQ(resolve_beside("run/alertd.yml", "x"), "run/x");
}

}  // namespace
}  // namespace picket
