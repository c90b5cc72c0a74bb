// Files that were read to their end and left: each line once, also when they change later.
#include "tests/security/tail/tail_fixture.h"

namespace picket::security::test {
namespace {

using TailLeft = TailTest;

/// x.log was read, renamed and left for an empty one.
class TailLeftForAnEmptyOne : public TailTest {
 protected:
  void SetUp() override {
    writer_.lines("old", 0, 100);
    EXPECT_EQ(read().size(), 100U);
    rename("x.log", "x.log.1");
    append("");
    EXPECT_EQ(read(), Lines{});
    EXPECT_EQ(read_after(seconds(5)), Lines{});
    EXPECT_EQ(stats().renames, 1U);
  }
  /// As if it had changed just now.
  void touch(std::string_view name) const {
    std::filesystem::last_write_time(path(name), std::filesystem::file_time_type::clock::now() + seconds(5));
  }
  Writer writer_{path()};
};

TEST_F(TailLeftForAnEmptyOne, IsNotReadAgainWhenItsTimeChangesWhileStopped) {
  stop();
  touch("x.log.1");
  EXPECT_EQ(read(), Lines{});
  append("new\n");
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
}

TEST_F(TailLeftForAnEmptyOne, IsNotReadAgainWhenItIsCompressedWhileStopped) {
  stop();
  rename("x.log.1", "x.log.2");
  gzip("x.log.2");
  touch("x.log.2.gz");
  EXPECT_EQ(read(), Lines{});
  append("new\n");
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
}

TEST_F(TailLeftForAnEmptyOne, GivesALateLineThatCameWhileStopped) {
  stop();
  writer_.write("late\n");
  EXPECT_EQ(read(), Lines{"late"});
  append("new\n");
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
  restart();
  EXPECT_EQ(read_after(seconds(10)), Lines{});
}

TEST_F(TailLeftForAnEmptyOne, GoesOnWhereItWasWhenItIsPutBack) {
  writer_.write("late\n");
  std::filesystem::remove(path());
  rename("x.log.1", "x.log");
  Lines lines = read();
  for (const std::string& line : read_after(seconds(5))) lines.push_back(line);
  for (const std::string& line : read_after(seconds(10))) lines.push_back(line);
  EXPECT_EQ(lines, Lines{"late"});
}

TEST_F(TailLeft, ACopyOfATruncatedFileIsNotReadAgain) {
  const Writer writer(path());
  writer.lines("old", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  logrotate("rotate 5\ncopytruncate");
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), Lines{});
  stop();
  std::filesystem::last_write_time(path("x.log.1"),
                                   std::filesystem::file_time_type::clock::now() + seconds(5));
  EXPECT_EQ(read(), Lines{});
  writer.write("new\n");
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
}

TEST_F(TailLeft, LinesOfAWriterThatWasQuietForLongAreGiven) {
  const Writer old(path());
  old.lines("old", 0, 10);
  EXPECT_EQ(read().size(), 10U);
  logrotate("rotate 5\ncreate");
  const Writer fresh(path());
  fresh.write("new\n");
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
  old.write("late 0\nlate ");
  EXPECT_EQ(read_after(seconds(10)), Lines{"late 0"});
  logrotate("rotate 5\ncreate");  // x.log.2 now
  EXPECT_EQ(read_after(seconds(5)), Lines{});
  old.write("1\n");
  EXPECT_EQ(read_after(seconds(10)), Lines{"late 1"});
  EXPECT_EQ(read_after(seconds(10)), Lines{});
  restart();
  old.write("late 2\n");
  EXPECT_EQ(read(), Lines{"late 2"});
}

TEST_F(TailLeft, OnlyTheLastFewAreRemembered) {
  for (int i = 0; i < 12; ++i) {
    append("line\n");
    read_after(seconds(5));
    read_after(seconds(5));
    rename("x.log", "x.log." + std::to_string(20 - i));
  }
  append("end\n");
  EXPECT_EQ(read(), Lines{"end"});
  EXPECT_EQ(tail().positions().files.at(0).left.size(), FilePosition::kMaxLeft);
}

TEST_F(TailLeft, ACopyBesideTheLogIsNotReadAgain) {
  const Writer writer(path());
  writer.lines("old", 0, 1000);
  EXPECT_EQ(read().size(), 1000U);
  std::filesystem::copy_file(path(), path("x.log.bak"));
  rename("x.log", "x.log.1");
  append("new\n");
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
  rename("x.log", "x.log.0");
  append("");
  read_after(seconds(5));
  read_after(seconds(5));
  restart();
  EXPECT_EQ(read_after(seconds(10)), Lines{});
}

TEST_F(TailLeft, AnEditorThatKeepsABackupGoesOnWhereTheFileWasRead) {
  Writer(path()).lines("old", 0, 1000);
  EXPECT_EQ(read().size(), 1000U);
  std::filesystem::copy_file(path(), path("edited"));
  append("new\n", "edited");
  rename("x.log", "x.log.bak");
  rename("edited", "x.log");
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
}

}  // namespace
}  // namespace picket::security::test
