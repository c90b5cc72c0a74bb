#include "tests/bench/locked_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <map>
#include <pqxx/pqxx>

#include "base/exec/mutex.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timer_thread.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kStartUp = 2;  ///< seconds: the first runs

SqlLoad load_of(const Contestant& contestant) {
  SqlLoad load{.queries = {}, .interval = LockedTables::kInterval, .job_each = contestant.job_each};
  for (int i = 0; i < LockedTables::kQueries; ++i) {
    const bool locked = i % (LockedTables::kQueries / LockedTables::kLockedQueries) == 0;
    load.queries.push_back({.name = fmt::format("query_{}", i),
                            .sql = fmt::format("SELECT '{0}-{1}' AS name, count(*)::float AS n FROM {0}",
                                               locked ? "locked" : "orders", i),
                            .labels = {"name"}});
  }
  return load;
}

/// The server's log as lateness_of() reads it: "<unix seconds> <name>" where this role's queries began. Lines
/// are "<unix seconds> <role> LOG:  execute ...: ... 'orders-17' ...". Of the time from `from` to `to`: the
/// first runs are soon after the start, whatever the interval.
std::string begins_of(const std::string& log, const std::string& role, double from, double to) {
  std::string begins;
  for (const std::string_view line : split(log, '\n')) {
    const std::size_t role_at = line.find(' ');
    const std::size_t name = line.find("'orders-");
    if (role_at == std::string_view::npos || name == std::string_view::npos) continue;
    if (!line.substr(role_at + 1).starts_with(role + " LOG:")) continue;
    const double time = parse_double(line.substr(0, role_at)).value_or(0);
    if (time < from || time > to) continue;
    begins += fmt::format("{} {}\n", line.substr(0, role_at),
                          line.substr(name + 1, line.find('\'', name + 1) - name - 1));
  }
  return begins;
}

/// The longest time in which a query did not begin, up to `end`.
double longest_pause(const std::string& begins, double from, double end) {
  std::map<std::string_view, std::vector<double>> times;
  for (const std::string_view line : split(begins, '\n')) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    times[line.substr(space + 1)].push_back(parse_double(line.substr(0, space)).value_or(0));
  }
  double longest = times.empty() ? end - from : 0;
  for (auto& [name, moments] : times) {
    moments.push_back(end);
    std::ranges::sort(moments);
    for (std::size_t i = 1; i < moments.size(); ++i)
      if (moments[i] > from) longest = std::max(longest, moments[i] - moments[i - 1]);
  }
  return longest;
}

double unix_now() {
  return std::chrono::duration<double>(SystemClock().wall().time_since_epoch()).count();
}

/// What scrapes of one contestant brought.
class Scrapes {
 public:
  void note(const Scraped& scraped) {
    const MutexLock lock(mutex_);
    ++count_;
    if (!scraped.answered) ++unanswered_;
    if (scraped.answered) slowest_ = std::max(slowest_, scraped.seconds);
  }
  void forget() {
    const MutexLock lock(mutex_);
    count_ = unanswered_ = 0;
    slowest_ = 0;
  }
  void write(LockedFigures& figures) const {
    const MutexLock lock(mutex_);
    figures.scrapes = count_;
    figures.unanswered = unanswered_;
    figures.scrape_seconds = slowest_;
  }

 private:
  mutable Mutex mutex_;
  int count_ GUARDED_BY(mutex_) = 0;
  int unanswered_ GUARDED_BY(mutex_) = 0;
  double slowest_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

struct LockedTables::Running {
  Running(const Contestant& contestant, const std::string& dsn)
      : exporter(contestant.program, dsn, load_of(contestant)) {}
  SqlExporter exporter;
  Scrapes scrapes;
};

void pass(milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  test::wait_until(time + seconds(1), milliseconds(20),
                   [end] { return std::chrono::steady_clock::now() >= end; });
}

LockedTables::LockedTables(std::vector<Contestant> contestants)
    : contestants_(std::move(contestants)), figures_(contestants_.size()) {
  prepare();
}

void LockedTables::prepare() const {
  for (const char* table : {"orders", "locked"})
    server_.run(fmt::format("CREATE TABLE {} AS SELECT i FROM generate_series(1, 1000) i", table));
  for (const Contestant& contestant : contestants_) {
    server_.run("CREATE ROLE " + contestant.role + " LOGIN");
    server_.run("GRANT SELECT ON orders, locked TO " + contestant.role);
  }
  server_.run("ALTER SYSTEM SET log_line_prefix = '%n %u '");
  server_.run("ALTER SYSTEM SET log_statement = 'all'");
  server_.run("SELECT pg_reload_conf()");
}

std::vector<LockedFigures> LockedTables::measure() {
  std::list<Running> running;
  for (const Contestant& contestant : contestants_)
    running.emplace_back(contestant, fmt::format("postgres://{}@127.0.0.1:{}/postgres?sslmode=disable",
                                                 contestant.role, server_.port()));
  Scraper scraper;
  TimerThread timers;
  for (Running& one : running)
    timers.every({kInterval, {}, milliseconds(100)}, [&scraper, &one] {
      scraper.start(one.exporter.metrics_url(),
                    [&one](const Scraped& scraped) { one.scrapes.note(scraped); });
    });
  const double started = unix_now() + kStartUp;
  pass(kWarmUp);
  pqxx::connection holder(server_.dsn());
  pqxx::work lock(holder);
  lock.exec("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
  for (Running& one : running) one.scrapes.forget();
  const double locked_at = unix_now();
  while (unix_now() < locked_at + static_cast<double>(kLocked.count())) {
    count_sessions();
    pass(milliseconds(500));
  }
  read_begins(started, locked_at);
  std::size_t i = 0;
  for (const Running& one : running) one.scrapes.write(figures_[i++]);
  return figures_;
}

void LockedTables::count_sessions() {
  for (std::size_t i = 0; i < contestants_.size(); ++i) {
    const std::string count = server_.run(
        fmt::format("SELECT count(*) FROM pg_stat_activity WHERE usename = '{}'", contestants_[i].role));
    figures_[i].sessions = std::max(figures_[i].sessions, static_cast<int>(parse_int(count).value_or(0)));
  }
}

void LockedTables::read_begins(double started, double locked_at) {
  const std::string log = server_.log();
  const double end = locked_at + static_cast<double>(kLocked.count());
  for (std::size_t i = 0; i < contestants_.size(); ++i) {
    const std::string begins = begins_of(log, contestants_[i].role, started, end);
    figures_[i].late = lateness_of(begins, static_cast<double>(kInterval.count()), locked_at);
    figures_[i].runs = figures_[i].late.runs;
    figures_[i].due = static_cast<std::size_t>((kQueries - kLockedQueries) * (kLocked / kInterval));
    figures_[i].pause_seconds = longest_pause(begins, locked_at, end);
  }
}

}  // namespace picket::bench
