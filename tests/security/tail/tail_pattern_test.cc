// Positions outlive changes of the pattern, and of the names that it finds.
#include "tests/security/tail/tail_fixture.h"

namespace picket::security::test {
namespace {

using TailPattern = TailTest;

TEST_F(TailPattern, ThatIsChangedAndReversedGoesOnWhereItWas) {
  for (const TailFrom from : {TailFrom::Start, TailFrom::End}) {
    options_.from = from;
    append("one\n");
    read();
    for (const auto* other : {"typo.log", "typo2.log"}) {
      stop();
      options_.pattern = path(other);
      EXPECT_EQ(read(), Lines{});
    }
    stop();
    append("two\n");
    options_.pattern = path();
    EXPECT_EQ(read(), Lines{"two"});
  }
}

TEST_F(TailPattern, ThatIsNewBeginsWhereItIsConfigured) {
  options_.from = TailFrom::End;
  append("one\n");
  read();
  stop();
  append("before\n", "y.log");
  options_.pattern = path("y.log");
  EXPECT_EQ(read(), Lines{});
  append("after\n", "y.log");
  EXPECT_EQ(read(), Lines{"after"});
  stop();
  append("more\n", "y.log");
  EXPECT_EQ(read(), Lines{"more"});
}

TEST_F(TailPattern, ThatDoesNotMatchKeepsABoundedNumberOfPositions) {
  append("one\n");
  read();
  stop();
  for (int i = 0; i < 2000; ++i) {
    FilePosition other = stored_->files.front();
    other.path = path("old" + std::to_string(i));
    stored_->files.push_back(other);
  }
  read();
  const TailPositions kept = tail().positions();
  ASSERT_EQ(kept.files.size(), 1001U);
  EXPECT_EQ(kept.files.at(0).path, path());
  EXPECT_EQ(kept.files.at(1).path, path("old0")) << "the first ones were dropped last";
}

TEST_F(TailPattern, FindsARenamedFileAgainAndGoesOnInIt) {
  options_.pattern = path("*.log");
  const Writer old(path());
  old.lines("old", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  rename("x.log", "x-old.log");
  append("new\n");
  EXPECT_EQ(read(), Lines{});
  EXPECT_EQ(read_after(seconds(5)), Lines{"new"});
  EXPECT_EQ(read_after(seconds(10)), Lines{});
  old.write("late\n");
  EXPECT_EQ(read_after(seconds(10)), Lines{"late"});
  restart();
  EXPECT_EQ(read_after(seconds(10)), Lines{});
}

TEST_F(TailPattern, FindsAFileAgainThatWasRenamedWhileStopped) {
  options_.pattern = path("*.log");
  const Writer old(path());
  old.lines("old", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  stop();
  rename("x.log", "x-old.log");
  append("new\n");
  EXPECT_EQ(read(), Lines{"new"});
  old.write("late\n");
  EXPECT_EQ(read_after(seconds(10)), Lines{"late"});
}

TEST_F(TailPattern, FindsAFileAgainThatWasRenamedWhileStoppedAndLeftNoOther) {
  options_.pattern = path("*.log");
  const Writer old(path());
  old.lines("old", 0, 100);
  EXPECT_EQ(read().size(), 100U);
  stop();
  rename("x.log", "x-old.log");
  old.write("late\n");
  EXPECT_EQ(read(), Lines{"late"});
  append("new\n");
  EXPECT_EQ(read_after(seconds(10)), Lines{"new"});
}

TEST_F(TailPattern, LeavesOutWhatIsNoFile) {
  options_.pattern = path("*");
  std::filesystem::create_directory(path("archive"));
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", path("zero"));
  append("one\n");
  EXPECT_EQ(read(), Lines{"one"});
  EXPECT_EQ(tail().problem(), "");
  append("two\n");
  EXPECT_EQ(read_after(seconds(10)), Lines{"two"});
  EXPECT_EQ(tail().problem(), "");
  EXPECT_EQ(stats().read_errors, 0U);
  std::filesystem::remove(path("pipe"));
  append("three\n", "pipe");  // a file now
  EXPECT_EQ(read_after(seconds(10)), Lines{"three"});
}

TEST_F(TailPattern, LosesAFileThatAFolderTookThePlaceOf) {
  options_.pattern = path("*.log");
  append("one\n", "a.log");
  append("one\n", "b.log");
  EXPECT_EQ(read().size(), 2U);
  std::filesystem::remove(path("a.log"));
  std::filesystem::create_directory(path("a.log"));
  append("two\n", "b.log");
  EXPECT_EQ(read_after(seconds(6)), Lines{"two"});
  EXPECT_EQ(tail().problem(), "");
  read_after(seconds(10));
  EXPECT_EQ(tail().problem(), "");
  std::filesystem::remove(path("a.log"));
  append("three\n", "a.log");
  EXPECT_EQ(read_after(seconds(10)), Lines{"three"});
}

}  // namespace
}  // namespace picket::security::test
