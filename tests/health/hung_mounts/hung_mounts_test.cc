// Checks of file systems that hang. They need FUSE and root; where the system does not let them, the suite is skipped.
#include <fmt/format.h>

#include <filesystem>

#include "tests/health/probers/prober_fixture.h"
#include "tests/support/hung_mount.h"
#include "tests/support/temp_dir.h"

namespace picket::health {
namespace {

using std::chrono::milliseconds;
namespace fs = std::filesystem;

class HungMountProbes : public ProberFixture {
 protected:
  static std::ptrdiff_t threads() {
    return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
  }
};

TEST_F(HungMountProbes, OneThatHangsCostsOneThreadEver) {
  const test::HungMount hung;
  const test::TempDir dir;
  const std::ptrdiff_t before = threads();
  // Each is made anew, as by a reload; two checks look at the same mount.
  for (int i = 0; i < 10; ++i) {
    const ProbeResult result = probe(filesystem_check(hung.path()), milliseconds(100));
    EXPECT_EQ(outcome(result), "timeout");
    EXPECT_TRUE(std::get<FilesystemFacts>(result.facts).stalled);
    EXPECT_EQ(std::get<FilesystemFacts>(result.facts).mountpoint, hung.path());
    EXPECT_EQ(outcome(probe(filesystem_check(hung.path() + "/deeper"), milliseconds(100))), "timeout");
    EXPECT_EQ(outcome(probe(fmt::format("{{system: {{proc: {}}}}}", hung.path()), milliseconds(100))),
              "timeout");
  }
  EXPECT_LE(threads(), before + 1);
}

TEST_F(HungMountProbes, ALinkToOneThatHangsHoldsUpNoOther) {
  const test::HungMount hung;
  const test::TempDir dir;
  fs::create_directory_symlink(hung.path(), dir.file("link"));
  fs::create_directory_symlink("link", dir.file("link_to_link"));
  EXPECT_EQ(outcome(probe(filesystem_check(dir.file("link_to_link")), milliseconds(100))), "timeout");
  const ProbeResult well = probe(filesystem_check(dir.path()));
  EXPECT_EQ(outcome(well), "ok") << well.detail;
}

}  // namespace
}  // namespace picket::health
