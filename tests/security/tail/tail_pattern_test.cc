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

}  // namespace
}  // namespace picket::security::test
