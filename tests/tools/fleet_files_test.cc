// The program that writes the run folder's files, as a function.
#include "tools/fleet/fleet_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/files/files.h"
#include "base/files/lock_file.h"
#include "tests/support/temp_dir.h"

namespace picket::fleet {
namespace {

using testing::HasSubstr;

class FleetFiles : public testing::Test {
 protected:
  /// The exit status.
  int run(const std::vector<std::string>& flags = {}) {
    const std::string data = dir_.path();
    std::vector<const char*> argv{"fleet_files", "--source", PICKET_SOURCE_DIR, "--data", data.c_str()};
    for (const std::string& flag : flags) argv.push_back(flag.c_str());
    out_.str("");
    errors_.str("");
    return run_fleet_files(static_cast<int>(argv.size()), argv.data(), out_, errors_);
  }

  const test::TempDir dir_;
  const RealFiles files_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(FleetFiles, AreWrittenByOneProcessAtATime) {
  {
    const auto other = LockFile::acquire(dir_.file(".fleet_files.lock"));
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_EQ(run(), 1);
    EXPECT_THAT(errors_.str(), HasSubstr(".fleet_files.lock is held by tools_test (process "));
    EXPECT_FALSE(files_.exists(dir_.file("prometheus.yml")));
    EXPECT_EQ(run({"--urls"}), 0) << errors_.str();
  }
  EXPECT_EQ(run(), 0) << errors_.str();
  EXPECT_TRUE(files_.exists(dir_.file("prometheus.yml")));
}

// For a check before they take the place of the old ones.
TEST_F(FleetFiles, AreWrittenElsewhereWhenAskedTo) {
  EXPECT_EQ(run({"--into", dir_.file("new")}), 0) << errors_.str();
  EXPECT_EQ(out_.str(), "");
  for (const char* name : {"prometheus.yml", "rules/health.yml"}) {
    EXPECT_TRUE(files_.exists(dir_.file(std::string("new/") + name))) << name;
    EXPECT_FALSE(files_.exists(dir_.file(name))) << name;
  }
  EXPECT_FALSE(files_.exists(dir_.file(".generated")));
  EXPECT_FALSE(files_.exists(dir_.file("new/.generated")));
}

}  // namespace
}  // namespace picket::fleet
