// Checks of many on one file system, and of folders where somebody has laid traps.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "tests/health/probers/prober_fixture.h"
#include "tests/support/temp_dir.h"

namespace picket::health {
namespace {

namespace fs = std::filesystem;

using MountProbes = ProberFixture;

TEST_F(MountProbes, WaitForEachOtherOnOneMount) {
  const test::TempDir dir;
  std::vector<std::future<ProbeResult>> waiting;
  waiting.reserve(50);
  for (int i = 0; i < 50; ++i) waiting.push_back(start(make(filesystem_check(dir.path(), ", canary: true"))));
  for (auto& each : waiting) {
    const ProbeResult result = each.get();
    EXPECT_EQ(outcome(result), "ok") << result.detail;
  }
}

TEST_F(MountProbes, ACanaryOverwritesNothing) {
  const test::TempDir dir;
  const std::string victim = dir.write("victim", "precious");
  fs::create_directory(dir.file("folder"));
  fs::create_symlink(victim, dir.file(fmt::format("folder/.picket-canary-{}", getpid())));
  const ProbeResult result = probe(filesystem_check(dir.file("folder"), ", canary: true"));
  EXPECT_EQ(outcome(result), "ok") << result.detail;
  EXPECT_EQ(dir.read("victim"), "precious");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.file("folder")), fs::directory_iterator()), 1)
      << "it is removed";
}

}  // namespace
}  // namespace picket::health
