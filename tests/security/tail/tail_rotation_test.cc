// Rotation by rename, by copy and truncation, and by replacement, with a real logrotate.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/security/tail/tail_fixture.h"

namespace picket::security::test {
namespace {

using TailRotation = TailTest;

TEST_F(TailRotation, Fault16ARenameLosesNothingOfAWriterThatLags) {
  const Writer before(path());
  before.lines("old", 0, 600);
  EXPECT_EQ(read().size(), 600U);
  before.lines("old", 600, 900);
  logrotate("rotate 5\ncreate");
  before.lines("old", 900, 1200);
  const Writer after(path());
  after.lines("new", 0, 300);
  EXPECT_EQ(read(), numbered("old", 600, 1200)) << "the new file waits until the old one is over";
  before.lines("old", 1200, 1500);
  EXPECT_EQ(read_after(seconds(1)), numbered("old", 1200, 1500));
  EXPECT_EQ(read_after(seconds(4)), Lines{});
  EXPECT_EQ(read_after(seconds(1)), numbered("new", 0, 300));
  EXPECT_EQ(stats().lines, 1800U);
  EXPECT_EQ(stats().renames, 1U);
  EXPECT_EQ(stats().lost_bytes, 0U);
  EXPECT_TRUE(tail().up());
}

TEST_F(TailRotation, Fault16TwiceBeforeTheFirstFileIsOver) {
  const Writer first(path());
  first.lines("first", 0, 10);
  EXPECT_EQ(read().size(), 10U);
  logrotate("rotate 5\ncreate");
  const Writer second(path());
  second.lines("second", 0, 10);
  EXPECT_EQ(read(), Lines{});
  logrotate("rotate 5\ncreate");
  const Writer third(path());
  third.lines("third", 0, 10);
  first.lines("first", 10, 11);
  EXPECT_EQ(read(), numbered("first", 10, 11));
  EXPECT_EQ(read_after(seconds(5)), numbered("second", 0, 10));
  EXPECT_EQ(read_after(seconds(5)), numbered("third", 0, 10));
  EXPECT_EQ(stats().renames, 2U);
}

TEST_F(TailRotation, ALastLineWithoutNewlineIsGivenWhenItsFileIsOver) {
  const Writer writer(path());
  writer.write("whole\nhalf");
  EXPECT_EQ(read(), Lines{"whole"});
  restart();
  EXPECT_EQ(read_after(seconds(60)), Lines{}) << "its newline may still come";
  writer.write(" and half");
  rename("x.log", "x.log.1");
  append("new\n");
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), (Lines{"half and half", "new"}));
  restart();
  EXPECT_EQ(read_after(seconds(60)), Lines{});
}

TEST_F(TailRotation, CopyAndTruncationLoseNothingThatWasCopied) {
  const Writer writer(path());
  writer.lines("old", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  writer.lines("old", 100, 200);
  logrotate("rotate 5\ncopytruncate");
  writer.lines("new", 0, 3);
  Lines expected = numbered("old", 100, 200);
  for (const std::string& line : numbered("new", 0, 3)) expected.push_back(line);
  EXPECT_EQ(read(), expected);
  EXPECT_EQ(stats().truncates, 1U);
  EXPECT_EQ(stats().renames, 0U);
  EXPECT_EQ(stats().lost_bytes, 0U);
}

TEST_F(TailRotation, CopyAndTruncationWhileStoppedLoseNothing) {
  const Writer writer(path());
  writer.lines("old", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  stop();
  writer.lines("old", 100, 200);
  logrotate("rotate 5\ncopytruncate\ncompress");
  writer.lines("new", 0, 300);
  Lines expected = numbered("old", 100, 200);
  for (const std::string& line : numbered("new", 0, 300)) expected.push_back(line);
  EXPECT_EQ(read(), expected);
  EXPECT_EQ(stats().truncates, 1U);
  EXPECT_EQ(stats().lost_bytes, 0U);
}

TEST_F(TailRotation, Fault17TruncatedAndRefilledPastTheOffset) {
  const Writer writer(path());
  writer.lines("old", 0, 10);
  EXPECT_EQ(read().size(), 10U);
  writer.write("unread, seen\nheld");
  EXPECT_EQ(read(), Lines{"unread, seen"});
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  writer.lines("new", 0, 1000);
  EXPECT_EQ(read(), numbered("new", 0, 1000)) << "longer than before: only its head tells";
  EXPECT_EQ(stats().lost_bytes, 4U) << "'held'";
  EXPECT_EQ(stats().truncates, 1U);
}

TEST_F(TailRotation, Fault17TruncatedAndRefilledWhileStopped) {
  const Writer writer(path());
  writer.lines("old", 0, 10);
  EXPECT_EQ(read(Bytes{1 << 20}).size(), 10U);
  stop();
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  writer.lines("new", 0, 1000);
  EXPECT_EQ(read(), numbered("new", 0, 1000));
  EXPECT_EQ(stats().truncates, 1U);
}

/// What each file of some logs begins with, longer than what is known of a file's head.
const std::string kIntroduction(FileIdentity::kHeadBytes + 10, '#');

Lines introduced(Lines lines) {
  lines.insert(lines.begin(), kIntroduction);
  return lines;
}

TEST_F(TailRotation, Fault17TruncatedAndRefilledPastTheOffsetBehindTheSameHead) {
  const Writer writer(path());
  writer.write(kIntroduction + "\n");
  writer.lines("old", 0, 10);
  EXPECT_EQ(read().size(), 11U);
  writer.write("held");
  EXPECT_EQ(read(), Lines{});
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  writer.write(kIntroduction + "\n");
  writer.lines("new", 0, 1000);
  EXPECT_EQ(read(), introduced(numbered("new", 0, 1000)));
  EXPECT_EQ(stats().truncates, 1U);
  EXPECT_EQ(stats().lost_bytes, 4U) << "'held'";
  stop();
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  writer.write(kIntroduction + "\n");
  writer.lines("newest", 0, 2000);
  EXPECT_EQ(read(), introduced(numbered("newest", 0, 2000)));
}

TEST_F(TailRotation, FilesWithTheSameHeadAreNotTakenForOneAnother) {
  const auto begin_log = [this](std::string_view word, int count) {
    const Writer writer(path());
    writer.write(kIntroduction + "\n");
    writer.lines(word, 0, count);
  };
  begin_log("first", 10);
  EXPECT_EQ(read().size(), 11U);
  rename("x.log", "x.log.1");
  begin_log("second", 100);
  EXPECT_EQ(read_after(seconds(6)), introduced(numbered("second", 0, 100)));
  stop();
  rename("x.log.1", "x.log.2");
  rename("x.log", "x.log.1");
  begin_log("third", 200);
  rename("x.log.2", "x.log.3");
  rename("x.log.1", "x.log.2");
  rename("x.log", "x.log.1");
  begin_log("fourth", 50);
  Lines expected = introduced(numbered("third", 0, 200));
  for (const std::string& line : introduced(numbered("fourth", 0, 50))) expected.push_back(line);
  Lines got = read();
  for (const std::string& line : read_after(seconds(6))) got.push_back(line);
  EXPECT_EQ(got, expected);
  EXPECT_EQ(stats().lost_bytes, 0U);
}

TEST_F(TailRotation, TruncatedShorterThanTheOffset) {
  const Writer writer(path());
  writer.lines("old", 0, 10);
  EXPECT_EQ(read().size(), 10U);
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(stats().truncates, 1U);
  writer.lines("new", 0, 1);
  EXPECT_EQ(read(), Lines{"new 0"});
  EXPECT_EQ(stats().lost_bytes, 0U) << "all of it was read";
}

TEST_F(TailRotation, WhatATruncationDestroysUnreadIsLost) {
  const Writer writer(path());
  writer.lines("old", 0, 100);
  ASSERT_TRUE(tail().read(sink_, Bytes{1}).more);
  ASSERT_EQ(sink_.lines, Lines{"old 0"});
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(stats().lost_bytes, 10U * 6 + 90U * 7 - 6);
}

TEST_F(TailRotation, Fault18ANewFileOnTheSameInodeIsReadFromItsStart) {
  append("old 0\nold 1\n");
  EXPECT_EQ(read().size(), 2U);
  stop();
  std::filesystem::remove(path());
  append("another 0\nanother 1\nanother 2\n");
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  stored_->files.at(0).file.inode = status.st_ino;  // as file systems do that reuse numbers at once
  EXPECT_EQ(read(), numbered("another", 0, 3));
  EXPECT_EQ(stats().lost_bytes, 0U);
  EXPECT_EQ(stats().truncates, 1U);
}

TEST_F(TailRotation, LinesOfWhatBeganAnewHaveAnotherOrigin) {
  append("old line\n");
  read();
  const LineOrigin before = sink_.origins.at(0);
  ASSERT_EQ(truncate(path().c_str(), 0), 0);
  append("new line\n");
  read();
  const LineOrigin after = sink_.origins.at(0);
  EXPECT_EQ(before.inode, after.inode);
  EXPECT_EQ(before.offset, after.offset);
  EXPECT_NE(before.generation, after.generation);
}

TEST_F(TailRotation, AFileThatTookThePlaceOfADeletedOneIsReadFromItsStart) {
  append("old\n");
  read();
  append("new\n", "y");
  rename("y", "x.log");
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
  EXPECT_EQ(stats().replaces, 1U);
}

TEST_F(TailRotation, AnEditorsCopyGoesOnWhereTheFileWasRead) {
  append("one\ntwo\n");
  read();
  append("one\ntwo\nthree\n", "y");
  rename("y", "x.log");
  EXPECT_EQ(read_after(seconds(5)), Lines{"three"});
}

TEST_F(TailRotation, Fault19RotatedThriceWhileStopped) {
  const Writer writer(path());
  writer.lines("a", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  stop();
  writer.lines("a", 100, 150);
  Lines expected = numbered("a", 100, 150);
  for (const std::string word : {"b", "c", "d"}) {
    logrotate("rotate 9\ncreate\ncompress\ndelaycompress");
    Writer(path()).lines(word, 0, 50);
    for (const std::string& line : numbered(word, 0, 50)) expected.push_back(line);
  }
  ASSERT_TRUE(std::filesystem::exists(path("x.log.3.gz")));
  ASSERT_TRUE(std::filesystem::exists(path("x.log.1")));
  Lines lines = read();
  for (const std::string& line : read_after(seconds(5))) lines.push_back(line);
  EXPECT_EQ(lines, expected);
  EXPECT_EQ(stats().renames, 3U);
  EXPECT_EQ(stats().lost_bytes, 0U);
  EXPECT_EQ(stats().read_errors, 0U);
}

TEST_F(TailRotation, Fault19WithDatesInTheNames) {
  const Writer writer(path());
  writer.lines("a", 0, 10);
  EXPECT_EQ(read().size(), 10U);
  stop();
  rename("x.log", "x.log-20261128");
  append("b\n", "x.log-20261129");
  append("c\n", "x.log-20261130");
  append("d\n");
  gzip("x.log-20261128");
  append("older\n", "x.log-20261127");
  std::filesystem::last_write_time(path("x.log-20261127"), std::filesystem::file_time_type::clock::now());
  Lines lines = read();
  for (const std::string& line : read_after(seconds(5))) lines.push_back(line);
  EXPECT_EQ(lines, (Lines{"b", "c", "d"}));
}

TEST_F(TailRotation, AStoredFileThatIsNowhereIsLostAndTheRestIsRead) {
  const Writer writer(path());
  writer.lines("a", 0, 10);
  ASSERT_TRUE(tail().read(sink_, Bytes{1}).more);
  stop();
  std::filesystem::remove(path());
  append("b\n", "x.log.1");
  append("c\n");
  Lines lines = read();
  for (const std::string& line : read_after(seconds(5))) lines.push_back(line);
  EXPECT_EQ(lines, (Lines{"b", "c"}));
  EXPECT_EQ(stats().lost_bytes, 36U);
}

TEST_F(TailRotation, WhatIsLostIsCountedOnce) {
  append("one\ntwo\n");
  ASSERT_TRUE(tail().read(sink_, Bytes{1}).more);
  stop();
  std::filesystem::remove(path());
  for (int i = 0; i < 3; ++i) read_after(seconds(10));
  EXPECT_EQ(stats().lost_bytes, 0U) << "it may come back";
  EXPECT_FALSE(tail().up());
  append("new\n");
  EXPECT_EQ(read_after(seconds(10)), Lines{"new"});
  EXPECT_EQ(stats().lost_bytes, 4U);
  restart();
  read();
  EXPECT_EQ(stats().lost_bytes, 0U);
}

TEST_F(TailRotation, Fault24CompressedUnderTheReader) {
  const Writer writer(path());
  writer.lines("a", 0, 20000);
  ASSERT_TRUE(tail().read(sink_, Bytes{1000}).more);
  const std::size_t given = sink_.lines.size();
  logrotate("rotate 5\ncreate\ncompress");
  ASSERT_TRUE(std::filesystem::exists(path("x.log.1.gz")));
  append("b\n");
  const Lines lines = read();
  EXPECT_EQ(lines, numbered("a", static_cast<int>(given), 20000)) << "the open file is read on";
  EXPECT_EQ(read_after(seconds(5)), Lines{"b"});
  EXPECT_EQ(stats().renames, 1U);
}

TEST_F(TailRotation, Fault24CompressedWhileStoppedInTheMiddle) {
  const Writer writer(path());
  writer.lines("a", 0, 200000);
  ASSERT_TRUE(tail().read(sink_, Bytes{1'500'000}).more);
  int given = static_cast<int>(sink_.lines.size());
  const LineOrigin origin = sink_.origins.back();
  stop();
  logrotate("rotate 5\ncreate\ncompress");
  append("b\n");
  sink_.lines.clear();
  sink_.origins.clear();
  ASSERT_TRUE(tail().read(sink_, Bytes{100}).more);
  EXPECT_EQ(sink_.lines.front(), "a " + std::to_string(given));
  EXPECT_EQ(sink_.origins.front().inode, origin.inode)
      << "a line keeps its place when its file is compressed";
  EXPECT_EQ(sink_.origins.front().generation, origin.generation);
  given += static_cast<int>(sink_.lines.size());
  restart();  // in the middle of the compressed file
  Lines expected = numbered("a", given, 200000);
  expected.emplace_back("b");
  EXPECT_EQ(read(), expected);
  EXPECT_EQ(stats().lost_bytes, 0U);
}

// Positions say exactly the lines that were given, wherever one stops.
class TailStops : public TailTest, public testing::WithParamInterface<const char*> {
 protected:
  void read_with_stops(Duration advanced) {
    for (bool more = true; more;) {
      sink_.lines.clear();
      more = tail().read(sink_, Bytes{1}).more;
      given_.insert(given_.end(), sink_.lines.begin(), sink_.lines.end());
      if (more) restart();
    }
    for (const std::string& line : read_after(advanced)) given_.push_back(line);
    restart();
  }
  Lines given_;
};

TEST_P(TailStops, AfterEveryLineRepeatAndLoseNothing) {
  append("first\n");
  read_with_stops({});
  Lines expected{"first"};
  for (int round = 0; round < 9; ++round) {
    const std::string word = "round" + std::to_string(round);
    Writer(path()).lines(word, 0, 5);
    for (const std::string& line : numbered(word, 0, 5)) expected.push_back(line);
    if (round % 3 == 0) read_with_stops({});
    logrotate(std::string("rotate 20\n") + (round % 4 < 2 ? "create\n" : "copytruncate\n") + GetParam());
    if (round % 2 == 0) read_with_stops(seconds(5 * (round % 4 / 2)));
  }
  append("last\n");
  expected.emplace_back("last");
  for (int i = 0; i < 12; ++i) read_with_stops(seconds(5));
  EXPECT_THAT(given_, testing::ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(Names, TailStops, testing::Values("", "compress", "compress\ndelaycompress"));

}  // namespace
}  // namespace picket::security::test
