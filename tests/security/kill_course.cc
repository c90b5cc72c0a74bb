#include "tests/security/kill_course.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/time/timer_thread.h"
#include "tests/security/running_security_exporter.h"
#include "tests/support/wait.h"

namespace picket::security {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = std::chrono::steady_clock;

constexpr milliseconds kStep{20};
constexpr milliseconds kScrapeInterval{500};
constexpr milliseconds kFirstScrapes{20};  ///< the pause between them after a start
constexpr seconds kPatience{60};

milliseconds since(Time::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Time::now() - begin);
}

/// The writing server. Its timer's thread writes; the other calls are safe from any thread.
class WrittenLog {
 public:
  WrittenLog(std::string path, const KillCourse& course) : path_(std::move(path)), course_(course) {
    timer_.every({kStep, {}, kStep}, [this] { write_what_is_due(); });
  }
  std::uint64_t written() const { return written_; }
  int rotations() const { return rotations_; }
  /// The reader knows of it: what was rotated away before would be none of its business.
  void may_rotate() { may_rotate_ = true; }
  void end() { is_over_ = true; }
  bool has_ended() const { return has_ended_; }

 private:
  void write_what_is_due() {
    if (has_ended_) return;
    if (is_over_) {
      has_ended_ = true;
      return;
    }
    const milliseconds time = since(begin_);
    const auto due = static_cast<std::uint64_t>(time.count() * course_.lines_per_second / 1000);
    text_.clear();
    for (std::uint64_t line = written_; line < due; ++line) course_.append_line(text_);
    std::ofstream(path_, std::ios::app) << text_;
    written_ = due;
    if (may_rotate_ && time >= course_.rotation * (rotations_ + 1)) rotate();
  }
  std::string old_file(int number) const { return path_ + "." + std::to_string(number); }
  void rotate() {
    std::error_code none;  // the first rotations find no older files
    for (int i = course_.old_files - 1; i > 0; --i)
      std::filesystem::rename(old_file(i), old_file(i + 1), none);
    std::filesystem::rename(path_, old_file(1));
    ++rotations_;
  }

  const std::string path_;
  const KillCourse& course_;
  const Time::time_point begin_ = Time::now();
  std::string text_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<int> rotations_{0};
  std::atomic<bool> may_rotate_{false}, is_over_{false}, has_ended_{false};
  TimerThread timer_;  // last: it uses the rest
};

class Course {
 public:
  explicit Course(const KillCourse& course) : course_(course) {
    exporter_.configure("sources: [{name: web, path: \"" + exporter_.file("access.log") +
                        "\", from: start}]\n");
  }

  KillOutcome run() {
    WrittenLog log(exporter_.file("access.log"), course_);
    for (int kill = 0; kill < course_.kills; ++kill) {
      start();
      const Time::time_point end = Time::now() + course_.between_kills + milliseconds(137 * kill % 1000);
      test::wait_until(course_.between_kills + seconds(2), kScrapeInterval, [&] {
        if (scrape() && highest_ > 0) log.may_rotate();
        return Time::now() >= end;
      });
      exporter_.process().kill9();
    }
    start();
    log.end();
    test::wait_until(kPatience, [&] { return log.has_ended(); });
    test::wait_until(kPatience, kScrapeInterval, [&] { return scrape() && highest_ >= log.written(); });
    outcome_.written = log.written();
    outcome_.shown = highest_;
    outcome_.rotations = log.rotations();
    outcome_.lost_bytes = whole("security_log_lost_bytes_total").value_or(~std::uint64_t{0});
    exporter_.process().stop();
    return outcome_;
  }

 private:
  void start() {
    const Time::time_point begin = Time::now();
    exporter_.start();
    test::wait_until(kPatience, kFirstScrapes, [&] { return scrape(); });
    outcome_.longest_without_metrics = std::max(outcome_.longest_without_metrics, since(begin));
  }
  std::optional<std::uint64_t> whole(const std::string& family) const {
    const auto value = exporter_.value(family + "{source=\"web\"}");
    if (!value) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }
  /// False when it is held back.
  bool scrape() {
    ++outcome_.scrapes;
    const auto lines = whole("security_log_lines_total");
    if (!lines) {
      ++outcome_.held_back;
      return false;
    }
    if (*lines < highest_) ++outcome_.fell;
    highest_ = std::max(highest_, *lines);
    return true;
  }

  const KillCourse& course_;
  RunningSecurityExporter exporter_;
  KillOutcome outcome_;
  std::uint64_t highest_ = 0;
};

}  // namespace

KillOutcome run(const KillCourse& course) {
  return Course(course).run();
}

}  // namespace picket::security
