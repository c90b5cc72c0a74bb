// Real files in a folder of their own, a FileTail that is driven by the test, and the lines that it gave.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporters/security/tail/file_tail.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace picket::security::test {

using std::chrono::seconds;
using Lines = std::vector<std::string>;

class CollectedLines final : public LineSink {
 public:
  void line(std::string_view text, const LineOrigin& origin) override {
    lines.emplace_back(text);
    origins.push_back(origin);
  }
  Lines lines;
  std::vector<LineOrigin> origins;
};

/// A program that keeps its log open, as most do.
class Writer {
 public:
  explicit Writer(const std::string& path)
      : fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  ~Writer() { close(fd_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  void write(std::string_view text) const {
    ASSERT_EQ(::write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  /// "<word> <from>\n" to "<word> <to - 1>\n"
  void lines(std::string_view word, int from, int to) const {
    std::string text;
    for (int i = from; i < to; ++i) text.append(word).append(" ").append(std::to_string(i)).append("\n");
    write(text);
  }

 private:
  int fd_;
};

inline Lines numbered(std::string_view word, int from, int to) {
  Lines lines;
  for (int i = from; i < to; ++i) lines.push_back(std::string(word) + " " + std::to_string(i));
  return lines;
}

class TailTest : public testing::Test {
 protected:
  TailTest() {
    options_.pattern = folder_.file("x.log");
    options_.from = TailFrom::Start;
  }

  std::string path(std::string_view name = "x.log") const { return folder_.file(name); }
  void append(std::string_view text, std::string_view name = "x.log") const {
    Writer(path(name)).write(text);
  }
  void rename(std::string_view from, std::string_view to) const {
    std::filesystem::rename(path(from), path(to));
  }

  FileTail& tail() {
    if (!tail_) tail_ = std::make_unique<FileTail>(options_, time_.clock(), stored_);
    return *tail_;
  }
  /// Reads until nothing waits; answers the lines of this call.
  Lines read(Bytes budget = Bytes{1 << 20}) {
    sink_.lines.clear();
    sink_.origins.clear();
    while (tail().read(sink_, budget).more) {
    }
    return sink_.lines;
  }
  Lines read_after(Duration duration) {
    time_.advance(duration);
    return read();
  }
  /// As kill -9 and a start: only the positions live on.
  void restart() {
    stop();
    tail();
  }
  void stop() {
    stored_ = tail().positions();
    tail_.reset();
  }
  const TailStats& stats() { return tail().stats(); }

  /// Runs a real logrotate over x.log with these directives, once.
  void logrotate(const std::string& directives) {
    const std::string configuration =
        folder_.write("rotate.conf", path() + " {\n" + directives + "\n}\n", 0600);
    const auto done = picket::test::run_to_end({{picket::test::find_program("logrotate", "logrotate"),
                                                 "--force", "--state", path("rotate.state"), configuration}});
    ASSERT_EQ(done.exit_code, 0) << done.errors;
  }
  void gzip(std::string_view name) {
    const auto done = picket::test::run_to_end({{picket::test::find_program("gzip", "gzip"), path(name)}});
    ASSERT_EQ(done.exit_code, 0) << done.errors;
  }

  picket::test::TempDir folder_;
  picket::test::ManualScheduler time_;
  TailOptions options_;
  std::optional<TailPositions> stored_;
  CollectedLines sink_;
  std::unique_ptr<FileTail> tail_;
};

}  // namespace picket::security::test
