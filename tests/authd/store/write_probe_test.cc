#include "authd/store/write_probe.h"

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

class WriteProbes : public OnStores {};

TEST_P(WriteProbes, TellOfADatabaseThatTakesNothingUntilItDoes) {
  WriteProbe probe(*patient_, clock_);
  EXPECT_EQ(probe.failure(), "");
  ASSERT_TRUE(probe.run());
  ASSERT_TRUE(probe.run());
  run("ALTER TABLE write_marks RENAME TO write_marks_away");
  EXPECT_FALSE(probe.run());
  EXPECT_NE(probe.failure(), "");
  run("ALTER TABLE write_marks_away RENAME TO write_marks");
  EXPECT_TRUE(probe.run());
  EXPECT_EQ(probe.failure(), "");
}

INSTANTIATE_TEST_SUITE_P(Engines, WriteProbes, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
