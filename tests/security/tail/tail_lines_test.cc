// What is a line, which files are followed, and where reading begins.
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "tests/security/tail/tail_fixture.h"

namespace picket::security::test {
namespace {

using TailLines = TailTest;
using TailFiles = TailTest;

std::size_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") {
      std::size_t kib = 0;
      status >> kib;
      return kib;
    }
  }
  return 0;
}

TEST_F(TailLines, ComeWithTheirPlaces) {
  append("one\n\nthree\n");
  EXPECT_EQ(read(), (Lines{"one", "", "three"}));
  EXPECT_EQ(sink_.origins.at(2).offset, 5U);
  EXPECT_EQ(sink_.origins.at(2).read_at, time_.clock().wall());
  EXPECT_EQ(stats().bytes, 11U);
  append("four\n");
  EXPECT_EQ(tail().lag_bytes(), 0U);
  EXPECT_EQ(read(), Lines{"four"});
}

TEST_F(TailLines, ABudgetEndsTheCallAndSaysThatMoreWaits) {
  Writer(path()).lines("line", 0, 100);
  const TailReport report = tail().read(sink_, Bytes{20});
  EXPECT_TRUE(report.more);
  EXPECT_EQ(report.lines, 3U);
  EXPECT_EQ(report.bytes, 21U);
  EXPECT_EQ(tail().lag_bytes(), 10U * 7 + 90U * 8 - 21);
  EXPECT_EQ(read(), numbered("line", 3, 100));
}

TEST_F(TailLines, Fault20ALineOf200MegabytesIsSkippedWithFlatMemory) {
  append("before\n");
  read();
  const Writer writer(path());
  const std::string piece(1 << 20, 'x');
  const std::size_t memory = resident_kib();
  for (int i = 0; i < 200; ++i) writer.write(piece);
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(stats().oversize_lines, 1U);
  restart();
  writer.write("the end of it\nafter\n");
  EXPECT_EQ(read(), Lines{"after"});
  EXPECT_EQ(stats().oversize_lines, 0U) << "counted before the restart";
  EXPECT_LT(resident_kib(), memory + std::size_t{16} * 1024);
}

TEST_F(TailLines, AreGivenUpToTheLimitExactly) {
  options_.line_limit = Bytes{10};
  append("0123456789\n0123456789\r\n0123456789x\n0123456789x\r\nend\n");
  EXPECT_EQ(read(), (Lines{"0123456789", "0123456789", "end"}));
  EXPECT_EQ(stats().oversize_lines, 2U);
  EXPECT_EQ(stats().lines, 3U);
}

TEST_F(TailLines, Fault21OfAnyBytesComeAsTheyAre) {
  const std::string binary("\0\x01\xff\xfe\x80 \xc3(", 8);
  append(binary + "\n\r\nwindows\r\nmac\rstays\n");
  EXPECT_EQ(read(), (Lines{binary, "", "windows", "mac\rstays"}));
}

TEST_F(TailFiles, AreReadFromTheirEndAtTheFirstStartAndLaterOnesFromTheirStart) {
  options_.pattern = path("*.log");
  options_.from = TailFrom::End;
  append("before\nhalf", "a.log");
  EXPECT_EQ(read(), Lines{});
  append(" of a line\nnext\n", "a.log");
  append("first\n", "b.log");
  EXPECT_EQ(read(), Lines{"next"}) << "a line that began before the start is not one";
  EXPECT_EQ(read_after(seconds(10)), Lines{"first"});
  stop();
  append("second\n", "a.log");
  append("of c\n", "c.log");
  EXPECT_EQ(read(), (Lines{"second", "of c"}));
}

TEST_F(TailFiles, ThatAppearAreSeenAtOnceWhenOneIsTold) {
  options_.pattern = path("*.log");
  EXPECT_EQ(read(), Lines{});
  EXPECT_NE(tail().problem().find("no such file"), std::string::npos);
  append("one\n");
  EXPECT_EQ(read(), Lines{});
  tail().rescan();
  EXPECT_EQ(read(), Lines{"one"});
  EXPECT_TRUE(tail().up());
}

TEST_F(TailFiles, AfterAnEmptyFirstStartAreReadFromTheirStart) {
  options_.from = TailFrom::End;
  EXPECT_EQ(read(), Lines{});
  stop();
  append("one\n");
  EXPECT_EQ(read(), Lines{"one"});
}

TEST_F(TailFiles, OfOnePatternAreReadInTurn) {
  options_.pattern = path("*.log");
  Writer(path("a.log")).lines("a", 0, 200000);
  Writer(path("b.log")).lines("b", 0, 3);
  sink_.lines.clear();
  tail().read(sink_, Bytes{400 << 10});
  EXPECT_EQ(std::count(sink_.lines.begin(), sink_.lines.end(), "b 2"), 1)
      << "the long one does not starve it";
}

TEST_F(TailFiles, OfAWeekAgoAreReadBeforeThoseOfToday) {
  options_.pattern = path("*.log");
  Writer(path("today.log")).lines("today", 0, 100000);
  Writer(path("zz-old.log")).lines("old", 0, 100000);
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(path("zz-old.log"), now - std::chrono::days(7));
  Lines in_order = numbered("old", 0, 100000);
  for (std::string& line : numbered("today", 0, 100000)) in_order.push_back(std::move(line));
  EXPECT_TRUE(read(Bytes{300 << 10}) == in_order);
  Writer(path("zz-old.log")).lines("old", 100000, 200000);
  Writer(path("today.log")).lines("today", 100000, 100003);
  sink_.lines.clear();
  tail().read(sink_, Bytes{600 << 10});
  EXPECT_EQ(std::count(sink_.lines.begin(), sink_.lines.end(), "today 100002"), 1) << "in turn from then on";
}

TEST_F(TailFiles, WithRotatedNamesAreNotFollowedForThemselves) {
  options_.pattern = path("*");
  for (const auto* name :
       {"x.log", "x.log.1", "x.log.2.gz", "x.log-20261130", "x-20261130.log", "y-20261130.log"}) {
    append(std::string("of ") + name + "\n", name);
  }
  EXPECT_EQ(read(), (Lines{"of x.log", "of y-20261130.log"}));
}

TEST_F(TailFiles, WithTwoNamesAreFollowedOnce) {
  options_.pattern = path("*.log");
  append("one\n", "a.log");
  std::filesystem::create_symlink(path("a.log"), path("current.log"));
  EXPECT_EQ(read(), Lines{"one"});
  tail().rescan();
  EXPECT_EQ(read(), Lines{});
}

TEST_F(TailFiles, OverTheLimitAreRefusedAndCounted) {
  options_.pattern = path("*.log");
  options_.max_files = 3;
  for (const auto* name : {"a.log", "b.log", "c.log", "d.log", "e.log"}) append("x\n", name);
  EXPECT_EQ(read().size(), 3U);
  EXPECT_EQ(stats().refused_files, 2U);
  for (int i = 0; i < 3; ++i) read_after(seconds(10));
  EXPECT_EQ(stats().refused_files, 2U) << "each was counted once";
  append("x\n", "f.log");
  read_after(seconds(10));
  EXPECT_EQ(stats().refused_files, 3U);
}

TEST_F(TailFiles, KeepFewDescriptorsOpenAndLoseNothingByIt) {
  options_.pattern = path("*.log");
  options_.max_open = 5;
  const auto name = [](int i) { return "f" + std::to_string(i) + ".log"; };
  for (int i = 0; i < 60; ++i) append("first\n", name(i));
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_files();
  EXPECT_EQ(read().size(), 60U);
  EXPECT_LE(open_files() - before, 6);
  for (int i = 0; i < 60; ++i) append("second\n", name(i));
  append("third\n", name(7));
  rename(name(7), name(7) + ".1");
  append("fourth\n", name(7));
  EXPECT_EQ(read().size(), 61U);
  EXPECT_EQ(read_after(seconds(5)), Lines{"fourth"});
}

TEST_F(TailFiles, DeletedForGoodLeaveThePattern) {
  options_.pattern = path("*.log");
  append("a\nhalf", "a.log");
  append("b\n", "b.log");
  EXPECT_EQ(read().size(), 2U);
  std::filesystem::remove(path("a.log"));
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), Lines{"half"});
  EXPECT_TRUE(tail().up());
  EXPECT_EQ(tail().positions().files.size(), 1U);
}

TEST_F(TailFiles, Fault22ThatVanishAreAProblemUntilTheyAreBack) {
  append("one\n");
  EXPECT_EQ(read().size(), 1U);
  std::filesystem::remove(path());
  read();
  EXPECT_TRUE(tail().up()) << "between two files there is none";
  read_after(seconds(5));
  EXPECT_FALSE(tail().up());
  EXPECT_EQ(tail().problem(), path() + ": No such file or directory");
  EXPECT_EQ(stats().read_errors, 1U);
  append("two\n");
  EXPECT_EQ(read_after(seconds(1)), Lines{"two"});
  EXPECT_TRUE(tail().up());
}

TEST_F(TailFiles, Fault22ReplacedByAFolderAPipeASocketOrADevice) {
  const std::vector<std::pair<std::string, void (*)(const std::string&)>> kinds{
      {"a folder", [](const std::string& at) { std::filesystem::create_directory(at); }},
      {"a pipe", [](const std::string& at) { ASSERT_EQ(mkfifo(at.c_str(), 0600), 0); }},
      {"a socket",
       [](const std::string& at) {
         sockaddr_un address{};
         address.sun_family = AF_UNIX;
         std::strncpy(address.sun_path, at.c_str(), sizeof address.sun_path - 1);
         const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
         ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
         close(fd);
       }},
      {"a device", [](const std::string& at) { std::filesystem::create_symlink("/dev/zero", at); }},
  };
  append("one\n");
  EXPECT_EQ(read().size(), 1U);
  std::uint64_t errors = 0;
  for (const auto& [kind, make] : kinds) {
    std::filesystem::remove_all(path());
    make(path());
    EXPECT_EQ(read_after(seconds(6)), Lines{});
    EXPECT_EQ(tail().problem(), path() + ": " + kind + ", not a regular file");
    EXPECT_GT(stats().read_errors, errors);
    errors = stats().read_errors;
  }
  std::filesystem::remove_all(path());
  append("two\n");
  EXPECT_EQ(read_after(seconds(6)), Lines{"two"});
  EXPECT_TRUE(tail().up());
}

TEST_F(TailFiles, Fault22ThatMayNotBeReadAreAProblemUntilTheyMay) {
  append("one\n");
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  setfsuid(65534);  // of this thread alone: what root may, nobody may not
  const Lines none = read();
  const std::string problem = tail().problem();
  const bool up = tail().up();
  setfsuid(0);
  EXPECT_EQ(none, Lines{});
  EXPECT_FALSE(up);
  EXPECT_EQ(problem, path() + ": Permission denied");
  EXPECT_EQ(stats().read_errors, 1U);
  EXPECT_EQ(read(), Lines{}) << "not tried again at once";
  EXPECT_EQ(read_after(seconds(1)), Lines{"one"});
  EXPECT_TRUE(tail().up());
}

TEST_F(TailFiles, Fault23ALinkOutOfTheAllowedFoldersIsNotFollowed) {
  const picket::test::TempDir outside;
  outside.write("secret", "secret\n");
  append("one\n");
  EXPECT_EQ(read(), Lines{"one"});
  std::filesystem::remove(path());
  std::filesystem::create_symlink(outside.file("secret"), path());
  EXPECT_EQ(read_after(seconds(6)), Lines{});
  EXPECT_EQ(tail().problem(), path() + ": leads out of the allowed folders");
  restart();
  EXPECT_EQ(read_after(seconds(6)), Lines{});
  tail_.reset();
  options_.allowed_roots = {folder_.path(), outside.path()};
  EXPECT_EQ(read_after(seconds(6)), Lines{"secret"});
}

TEST_F(TailFiles, Fault23ALinkInThePlaceOfAFolderIsNotFollowed) {
  const picket::test::TempDir outside;
  outside.write("x.log", "secret\n");
  std::filesystem::create_directory(path("logs"));
  options_.pattern = path("logs/*.log");
  append("one\n", "logs/x.log");
  EXPECT_EQ(read(), Lines{"one"});
  rename("logs", "elsewhere");
  std::filesystem::create_symlink(outside.path(), path("logs"));
  EXPECT_EQ(read_after(seconds(10)), Lines{});
  EXPECT_FALSE(tail().up());
}

TEST_F(TailFiles, Fault23ALinkWithinTheFolderIsFollowed) {
  append("one\n", "real-1");
  std::filesystem::create_symlink("real-1", path());
  EXPECT_EQ(read(), Lines{"one"});
  append("one more\n", "real-1");
  append("two\n", "real-2");
  std::filesystem::remove(path());
  std::filesystem::create_symlink("real-2", path());
  EXPECT_EQ(read(), Lines{"one more"});
  EXPECT_EQ(read_after(seconds(5)), Lines{"two"});
}

}  // namespace
}  // namespace picket::security::test
