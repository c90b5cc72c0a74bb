// Sources that end and begin again while they are looked at.
#include "exporters/security/sources/sources.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/time/clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::security {
namespace {

using std::chrono::seconds;

/// A disk that can be full, and that tells when it is written to.
class FullDisk final : public Files {
 public:
  Result<std::string> read(const std::string& path, Bytes limit) const override {
    return real_.read(path, limit);
  }
  Result<void> write_atomic(const std::string& path, std::string_view content, unsigned mode) override {
    if (is_watched) on_write();
    if (is_full) return fail(ErrorKind::Unavailable, "no space left");
    return real_.write_atomic(path, content, mode);
  }
  Result<void> remove(const std::string& path) override { return real_.remove(path); }
  bool exists(const std::string& path) const override { return real_.exists(path); }
  Result<void> make_directories(const std::string& path, unsigned mode) override {
    return real_.make_directories(path, mode);
  }
  Result<std::vector<std::string>> glob(const std::string& pattern) const override {
    return real_.glob(pattern);
  }
  Result<std::int64_t> modified(const std::string& path) const override { return real_.modified(path); }

  std::atomic<bool> is_full{false}, is_watched{false};
  std::function<void()> on_write;

 private:
  RealFiles real_;
};

class SourcesTest : public testing::Test {
 protected:
  SourcesTest() { append("web", 5); }

  /// Lines of a log, each an attack.
  void append(const std::string& name, int lines) const {
    std::ofstream out(dir_.file(name + ".log"), std::ios::app);
    for (int i = 0; i < lines; ++i)
      out << "192.0.2.7 - - [05/Jan/2026:12:00:00 +0000] \"GET /?q=1'+UNION+SELECT+a+FROM+b-- HTTP/1.1\" "
             "200 100 \"-\" \"x\"\n";
  }
  SourceConfig config(const std::string& name, TailFrom from = TailFrom::End) const {
    return {.name = name, .format = {}, .files = {.pattern = dir_.file(name + ".log"), .from = from}};
  }
  static std::shared_ptr<const Analysis> analysis() {
    return std::make_shared<const Analysis>(Analysis{{}, std::move(*Detector::built_in())});
  }
  SourceStatusPtr status(const std::string& name) const {
    for (const SourceStatusPtr& source : sources_.status()) {
      if (source->name == name) return source;
    }
    return nullptr;
  }
  std::uint64_t lines(const std::string& name) const {
    const SourceStatusPtr source = status(name);
    return source ? source->counts.tail.lines : 0;
  }
  bool reads(const std::string& name, std::uint64_t count) const {
    return test::wait_until(seconds(20), [&] { return lines(name) == count; });
  }

  const std::shared_ptr<const Analysis> analysis_ = analysis();

  void hang_when_told() {
    if (!hangs_next_.exchange(false)) return;
    hangs_ = true;
    is_released_.wait(false);
    has_returned_ = true;
  }

  const test::TempDir dir_;
  FullDisk files_;
  SystemClock clock_;
  std::atomic<bool> was_left_{false};
  Logger log_{{}, clock_, [this](std::string_view line) {
                if (line.find("left behind") != std::string_view::npos) was_left_ = true;
              }};
  std::atomic<bool> hangs_next_{false}, hangs_{false}, is_released_{false}, has_returned_{false};
  Sources sources_{{.files = files_,
                    .clock = clock_,
                    .log = log_,
                    .folder = dir_.path(),
                    .events = [this](const std::vector<SecurityEvent>&) { hang_when_told(); }}};
};

TEST_F(SourcesTest, AReloadLosesNothingThatCouldNotBeStored) {
  files_.is_full = true;
  ASSERT_TRUE(sources_.apply({config("web")}, analysis()));
  ASSERT_TRUE(test::wait_until(seconds(20), [&] { return status("web")->caught_up; }));
  append("web", 10);
  ASSERT_TRUE(reads("web", 10));
  ASSERT_TRUE(test::wait_until(seconds(20), [&] { return status("web")->checkpoint_failures > 0; }));
  const std::uint64_t failures = status("web")->checkpoint_failures;
  ASSERT_TRUE(sources_.apply({config("web")}, analysis()));
  EXPECT_EQ(lines("web"), 10U);
  EXPECT_GE(status("web")->checkpoint_failures, failures);
  EXPECT_TRUE(status("web")->caught_up);
  EXPECT_EQ(status("web")->signals.counters.attacks[category_of(AttackClass::SqlInjection)], 10U);
  append("web", 3);
  EXPECT_TRUE(reads("web", 13));
}

TEST_F(SourcesTest, ASourceThatLeavesAndComesBackHasLostNothingThatCouldNotBeStored) {
  files_.is_full = true;
  ASSERT_TRUE(sources_.apply({config("web")}, analysis()));
  ASSERT_TRUE(test::wait_until(seconds(20), [&] { return status("web")->caught_up; }));
  append("web", 10);
  ASSERT_TRUE(reads("web", 10));
  ASSERT_TRUE(sources_.apply({}, analysis()));
  append("web", 3);
  ASSERT_TRUE(sources_.apply({config("web")}, analysis()));
  EXPECT_TRUE(reads("web", 13));
}

TEST_F(SourcesTest, HoldsMetricsForTheSourcesOfTheStartAlone) {
  append("late", 200'000);
  ASSERT_TRUE(sources_.apply({config("web", TailFrom::Start)}, analysis_));
  ASSERT_TRUE(test::wait_until(seconds(20), [&] { return sources_.hold().empty(); }));
  ASSERT_TRUE(sources_.apply({config("web", TailFrom::Start), config("late", TailFrom::Start)}, analysis_));
  EXPECT_EQ(sources_.hold(), "");
  EXPECT_FALSE(status("late")->caught_up) << "the log is too short for this test";
  sources_.stop();
}

TEST_F(SourcesTest, AReloadThatFailsChangesNothing) {
  ASSERT_TRUE(sources_.apply({config("web", TailFrom::Start)}, analysis()));
  ASSERT_TRUE(reads("web", 5));
  SourceConfig bad = config("bad");
  bad.format.log_format = "$nothing_that $there_is";
  bad.format.client_field = "$gone";
  const auto applied = sources_.apply({config("web"), config("other"), bad}, analysis());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(sources_.status().size(), 1U);
  append("web", 2);
  EXPECT_TRUE(reads("web", 7));
}

// As in a file of a mount that is dead.
TEST_F(SourcesTest, AReaderThatHangsHoldsUpNeitherAReloadNorTheEnd) {
  ASSERT_TRUE(sources_.apply({config("web", TailFrom::Start)}, analysis()));
  ASSERT_TRUE(reads("web", 5));
  hangs_next_ = true;
  append("web", 1);
  ASSERT_TRUE(test::wait_until(seconds(20), [&] { return hangs_.load(); }));
  append("other", 3);
  ASSERT_TRUE(sources_.apply({config("web"), config("other", TailFrom::Start)}, analysis()));
  EXPECT_TRUE(was_left_);
  EXPECT_TRUE(reads("other", 3));
  EXPECT_TRUE(reads("web", 6)) << "again, and counted once";
  is_released_ = true;
  is_released_.notify_all();
  ASSERT_TRUE(test::wait_until(seconds(20), [&] { return has_returned_.load(); }));
  append("web", 1);
  EXPECT_TRUE(reads("web", 7));
  sources_.stop();
  sources_.store();
  EXPECT_EQ(lines("web"), 7U);
}

TEST_F(SourcesTest, ShowsASourceAlsoWhileItBeginsAgain) {
  files_.is_full = true;  // so that there is something to store at the end
  ASSERT_TRUE(sources_.apply({config("web", TailFrom::Start)}, analysis()));
  ASSERT_TRUE(reads("web", 5));
  std::atomic<int> looks{0}, missing{0};
  files_.on_write = [&] {
    ++looks;
    if (lines("web") < 5) ++missing;
  };
  files_.is_watched = true;
  ASSERT_TRUE(sources_.apply({config("web", TailFrom::Start)}, analysis()));
  files_.is_watched = false;
  EXPECT_GT(looks, 0);
  EXPECT_EQ(missing, 0);
  sources_.stop();
}

}  // namespace
}  // namespace picket::security
