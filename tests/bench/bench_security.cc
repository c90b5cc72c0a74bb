// security_exporter beside Debian's mtail, over access logs of nginx. Three parts, and words choose some of them:
// `speed`, lines that one core reads a second: with all rules, without rules, and parsed alone, beside mtail with one
// regular expression for the line and none or five for attacks (two minutes, most of them mtail's); `memory`, what
// ten million lines leave behind, a million of them attacks whose client, target and agent no other line has;
// `kills`, no line lost or counted twice while the log of 50,000 lines a second rotates and the exporter is killed
// every five seconds (70 s). Speeds are of the CPU time that a whole process took, not of the time that went by.
// Prints `name | ours | peer | ratio` lines; exits 1 when fewer than 300,000 lines a second are read with all rules,
// or a million parsed; when memory grows by more than a tenth; when a line is lost, or a counter falls.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/detect/attack_rule.h"
#include "base/time/clock.h"
#include "exporters/security/formats/line_parser.h"
#include "tests/bench/access_traffic.h"
#include "tests/bench/process_usage.h"
#include "tests/security/kill_course.h"
#include "tests/security/running_security_exporter.h"
#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

using security::RunningSecurityExporter;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kLines = 2'000'000;
constexpr std::uint64_t kLinesOfPeer = 200'000;  ///< a tenth: with five patterns it takes long
constexpr std::uint64_t kLinesInMemory = 500'000;
constexpr double kMinSpeed = 300'000;
constexpr double kMinParseSpeed = 1'000'000;
constexpr double kMaxGrowth = 0.1;
constexpr const char* kSeries = R"(security_log_lines_total{source="web"})";

void row(std::string_view name, std::string_view ours, std::string_view peer = "-",
         std::string_view ratio = "-") {
  fmt::print("{} | {} | {} | {}\n", name, ours, peer, ratio);
  std::fflush(stdout);
}

void speed_row(std::string_view name, double ours, double peer) {
  const auto text = [](double speed) { return fmt::format("{:.3g}k lines/s", speed / 1e3); };
  if (peer <= 0) return row(name, text(ours));
  row(name, text(ours), text(peer), fmt::format("{:.1f}x", ours / peer));
}

std::string lines_of(AccessTraffic& traffic, std::uint64_t count) {
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i) traffic.append_line(text);
  return text;
}

void append_to(const std::string& path, const std::string& text) {
  if (!(std::ofstream(path, std::ios::app) << text)) test::give_up(path + " cannot be written");
}

void write_log(const std::string& path, std::uint64_t lines) {
  constexpr std::uint64_t kBlock = 10'000;
  AccessTraffic traffic;
  for (std::uint64_t i = 0; i < lines; i += kBlock) append_to(path, lines_of(traffic, kBlock));
}

std::string config_for(const RunningSecurityExporter& exporter) {
  return "sources: [{name: web, path: \"" + exporter.file("access.log") + "\", from: start}]\n";
}

void await_lines(const RunningSecurityExporter& exporter, std::uint64_t lines) {
  const bool is_there = test::wait_until(minutes(10), milliseconds(200), [&] {
    return exporter.value(kSeries).value_or(-1) >= static_cast<double>(lines);
  });
  if (!is_there) test::give_up("the lines are not read");
}

/// Lines a second of CPU time of the whole process, from when the log is there to when all of it is counted.
double speed_of_exporter(const std::string& log, const std::string& more_config) {
  RunningSecurityExporter exporter;
  exporter.configure(config_for(exporter) + more_config);
  exporter.start();
  const Usage before = usage_of(exporter.process().pid());
  std::filesystem::create_hard_link(log, exporter.file("access.log"));
  await_lines(exporter, kLines);
  const Usage after = usage_of(exporter.process().pid());
  return static_cast<double>(kLines) / (after.cpu_seconds - before.cpu_seconds);
}

std::string without_rules() {
  const auto rules = parse_attack_rules(attack_rules_text());
  if (!rules) test::give_up(rules.error().message);
  std::string config = "rules: {without: [";
  for (const AttackRule& rule : *rules) config += rule.id + ", ";
  return config + "]}\n";
}

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double speed_of_parser() {
  auto parser = security::make_parser({});
  if (!parser) test::give_up(parser.error().message);
  AccessTraffic traffic;
  const std::string text = lines_of(traffic, kLinesInMemory);
  const WallTime now = SystemClock().wall();
  security::LogRecord record;
  std::uint64_t understood = 0;
  const double begin = cpu_seconds(RUSAGE_THREAD);
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const auto result = (*parser)->parse(std::string_view(text).substr(at, end - at), now, record);
    if (result == security::ParseResult::Ok) ++understood;
  }
  const double time = cpu_seconds(RUSAGE_THREAD) - begin;
  if (understood != kLinesInMemory) test::give_up("lines are not understood");
  return static_cast<double>(kLinesInMemory) / time;
}

constexpr std::string_view kMtailLine =
    R"(counter requests_total by method, status
/^(?P<client>\S+) \S+ \S+ \[[^\]]+\] "(?P<method>[A-Z]+) (?P<target>\S+) [^"]*" (?P<status>\d{3}) \d+ "[^"]*" "[^"]*"$/ {
  requests_total[$method][$status]++
)";
constexpr std::pair<std::string_view, std::string_view> kMtailPatterns[] = {
    {"sql",
     R"((?i)union(?:\s|%20|\+)+(?:all(?:\s|%20|\+)+)?select|(?:'|%27)(?:\s|%20|\+)*or(?:\s|%20|\+)+|sleep\(|information_schema)"},
    {"xss", R"((?i)(?:<|%3c)(?:\s|%20)*script|on(?:error|load|click)(?:=|%3d)|javascript:)"},
    {"traversal", R"((?i)\.\.(?:\/|%2f|\\|%5c)|\/etc\/(?:passwd|shadow)|win\.ini)"},
    {"command", R"((?i)(?:;|\||%7c|%3b)(?:\s|%20|\+)*(?:cat|id|ls|wget|curl|bash|sh)\b)"},
    {"scanner", R"((?i)\/(?:\.env|\.git\/|wp-login\.php|phpmyadmin|cgi-bin\/))"},
};

std::string mtail_program(bool with_attacks) {
  std::string attacks;
  for (const auto& [category, pattern] : kMtailPatterns)
    attacks += fmt::format("  $target =~ /{}/ {{\n    attacks_total[\"{}\"]++\n  }}\n", pattern, category);
  if (!with_attacks) return fmt::format("{}}}\n", kMtailLine);
  return fmt::format("counter attacks_total by category\n{}{}}}\n", kMtailLine, attacks);
}

double cpu_of_mtail(const test::TempDir& dir, const std::string& log) {
  const double before = cpu_seconds(RUSAGE_CHILDREN);
  const auto run = test::run_to_end({{test::find_program("mtail", "mtail"), "--one_shot", "--progs",
                                      dir.file("access.mtail"), "--logs", log, "--log_dir", dir.path()}},
                                    minutes(10));
  if (run.exit_code != 0) test::give_up("mtail: " + run.errors);
  return cpu_seconds(RUSAGE_CHILDREN) - before;
}

double speed_of_mtail(const std::string& log, bool with_attacks) {
  const test::TempDir dir;
  dir.write("access.mtail", mtail_program(with_attacks));
  const double start = cpu_of_mtail(dir, dir.write("empty.log", ""));
  return static_cast<double>(kLinesOfPeer) / (cpu_of_mtail(dir, log) - start);
}

int speed() {
  const test::TempDir dir;
  const std::string log = dir.file("long.log");
  write_log(log, kLines);
  const std::string short_log = dir.file("short.log");
  write_log(short_log, kLinesOfPeer);
  const double parsed = speed_of_parser();
  speed_row("access log: parse alone", parsed, -1);
  const double plain = speed_of_exporter(log, without_rules());
  speed_row("access log: no rules; mtail: the line alone", plain, speed_of_mtail(short_log, false));
  const double all = speed_of_exporter(log, "");
  speed_row("access log: all rules; mtail: five patterns", all, speed_of_mtail(short_log, true));
  return all >= kMinSpeed && parsed >= kMinParseSpeed ? 0 : 1;
}

/// Files of 50 MB, of which a few are there at once.
class BoundedLog {
 public:
  explicit BoundedLog(const RunningSecurityExporter& exporter) : exporter_(exporter) {}

  /// Returns when all of them are counted.
  void write(std::uint64_t lines) {
    for (const std::uint64_t end = traffic_.lines() + lines; traffic_.lines() < end;) {
      for (int i = 0; i < kBlocks; ++i) {
        append_to(path(0), lines_of(traffic_, kBlock));
        if (traffic_.lines() == kBlock) await_lines(exporter_, kBlock);  // it has found the log
      }
      await_lines(exporter_, traffic_.lines() - kBlock * kBlocks);
      for (int i = kKept; i >= 0; --i) {
        std::error_code none;  // at first there are fewer
        std::filesystem::rename(path(i), path(i + 1), none);
      }
    }
    await_lines(exporter_, traffic_.lines());
  }

 private:
  static constexpr std::uint64_t kBlock = 10'000;
  static constexpr int kBlocks = 25;
  static constexpr int kKept = 2;

  std::string path(int age) const {
    return exporter_.file("access.log") + (age > 0 ? fmt::format(".{}", age) : "");
  }

  const RunningSecurityExporter& exporter_;
  AccessTraffic traffic_{{.unique_per_mille = 100, .lines_per_second = 2000}};
};

int memory() {
  constexpr std::uint64_t kMillion = 1'000'000;
  RunningSecurityExporter exporter;
  exporter.configure(config_for(exporter));
  exporter.start();
  const auto usage = [&] { return usage_of(exporter.process().pid()); };
  const auto megabytes = [](double value) { return fmt::format("{:.1f} MB", value); };
  await_lines(exporter, 0);
  const std::size_t series = static_cast<std::size_t>(std::ranges::count(exporter.scrape(), '\n'));
  row("memory: at the start", megabytes(usage().rss_megabytes));
  BoundedLog log(exporter);
  log.write(kMillion);
  const double first = usage().rss_megabytes;
  row("memory: after 1 M lines, 100,000 attacks of names seen once", megabytes(first));
  const std::size_t series_first = static_cast<std::size_t>(std::ranges::count(exporter.scrape(), '\n'));
  log.write(9 * kMillion);
  const double last = usage().rss_megabytes;
  row("memory: after 10 M lines, 1 M attacks of names seen once", megabytes(last));
  row("memory: at most", megabytes(usage().peak_megabytes));
  const std::size_t series_last = static_cast<std::size_t>(std::ranges::count(exporter.scrape(), '\n'));
  row("memory: lines of /metrics, at first, at 1 M and 10 M",
      fmt::format("{}, {}, {}", series, series_first, series_last));
  return last <= first * (1 + kMaxGrowth) && series_last == series_first ? 0 : 1;
}

int kills() {
  AccessTraffic traffic;
  const security::KillOutcome outcome =
      security::run({.lines_per_second = 50'000,
                     .kills = 12,
                     .between_kills = seconds(5),
                     .rotation = seconds(3),
                     .append_line = [&](std::string& text) { traffic.append_line(text); }});
  const std::string what = "killed every 5 s at 50,000 lines/s";
  row(what + ": lines counted of written", fmt::format("{} of {}", outcome.shown, outcome.written));
  row(what + ": bytes lost", fmt::format("{}", outcome.lost_bytes));
  row(what + ": scrapes that fell", fmt::format("{} of {}", outcome.fell, outcome.scrapes));
  row(what + ": rotations by rename", fmt::format("{}", outcome.rotations));
  row(what + ": longest time without metrics", fmt::format("{} ms", outcome.longest_without_metrics.count()));
  const bool is_whole = outcome.shown == outcome.written && outcome.lost_bytes == 0 && outcome.fell == 0;
  return is_whole && outcome.longest_without_metrics <= seconds(10) ? 0 : 1;
}

}  // namespace
}  // namespace picket::bench

int main(int argc, char** argv) {
  const std::vector<std::string> parts(argv + 1, argv + argc);
  const auto is_asked = [&](std::string_view part) {
    return parts.empty() || std::ranges::find(parts, part) != parts.end();
  };
  int status = 0;
  if (is_asked("speed")) status = std::max(status, picket::bench::speed());
  if (is_asked("memory")) status = std::max(status, picket::bench::memory());
  if (is_asked("kills")) status = std::max(status, picket::bench::kills());
  return status;
}
