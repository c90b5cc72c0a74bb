// authd beside a login server written with Express, jsonwebtoken, bcrypt and speakeasy, one after the other
// on the same cores: forward-auth checks, also while the password pool is full; logins beside the bare hash;
// a crowd of 1,000 people; memory. An nginx that says yes to everything shows what the machine allows. Prints
// `name | ours | peer | ratio` lines; exits 1 when ours misses a target. Takes about six minutes; --long lets
// the crowd stay for five minutes instead of one, --alone leaves the peer out.
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "authd/passwords/password_hash.h"
#include "tests/bench/auth_course.h"
#include "tests/bench/auth_servers.h"
#include "tests/support/give_up.h"

namespace picket::bench {
namespace {

using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

constexpr double kMinChecks = 30'000;
constexpr double kMaxIdleP99 = 1;       // ms at 5,000/s
constexpr double kMaxP99Growth = 5;     // with a full password pool
constexpr double kMinLoginShare = 0.9;  // of the bare hash
constexpr double kMaxIdleMegabytes = 20;
constexpr double kMaxCrowdP95 = 200;  // ms

/// Hashes per second of that many threads of the lowest priority, as authd's pool has them.
double bare_hash_rate(const authd::PasswordHash& hash, std::size_t threads) {
  std::atomic<long> count{0};
  const auto began = SteadyClock::now();
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        ::setpriority(PRIO_PROCESS, 0, 19);
        const auto password = authd::OpaqueString::prepare(kPassword);
        while (SteadyClock::now() < began + seconds(5))
          count += hash.verify(*password).value_or(false) ? 1 : 0;
      });
    }
  }
  return static_cast<double>(count) / std::chrono::duration<double>(SteadyClock::now() - began).count();
}

std::string ratio(double good, double bad) {
  return bad == 0 ? "-" : fmt::format("{:.1f}x", good / bad);
}

/// One row where more is better, or less.
enum class Better { More, Less };
void row(std::string_view name, Better better, double ours, const std::optional<double>& peer,
         std::string_view unit) {
  const auto text = [unit](double value) {
    return fmt::format("{:.{}f} {}", value, value < 10 ? 2 : 0, unit);
  };
  if (!peer) return fmt::print("{} | {} | - | -\n", name, text(ours));
  fmt::print("{} | {} | {} | {}\n", name, text(ours), text(*peer),
             better == Better::More ? ratio(ours, *peer) : ratio(*peer, ours));
}

std::string burst_text(const Figures& figures) {
  const LoadResult& burst = figures.burst;
  return fmt::format("{} in, {} told to wait, {} lost; slowest {:.1f} s", burst.with_status(200),
                     figures.burst_told_when, burst.failed + burst.unanswered, burst.percentile(1) / 1000);
}

struct Report {
  Figures ours;
  Floor floor;
  std::optional<Figures> peer;
  std::optional<double> peer_cost12;  ///< its logins per second
  double bare = 0;                    ///< hashes per second

  using Figure = double (*)(const Figures&);
  void row_of(std::string_view name, Better better, std::string_view unit, Figure figure) const {
    row(name, better, figure(ours), peer ? std::optional(figure(*peer)) : std::nullopt, unit);
  }

  void print() const {
    using enum Better;
    row_of("forward-auth checks, 1,000 tokens, wrk", More, "/s",
           [](const Figures& f) { return f.checks_per_second; });
    row_of("check at 5,000/s: p50", Less, "ms", [](const Figures& f) { return f.steady.percentile(0.5); });
    row_of("check at 5,000/s: p99", Less, "ms", [](const Figures& f) { return f.steady.percentile(0.99); });
    fmt::print("checks beside an nginx that always says yes | {:.0f} /s | {:.0f} /s | {:.2f}x\n",
               ours.checks_per_second, floor.checks_per_second,
               ours.checks_per_second / floor.checks_per_second);
    fmt::print("p99 at 5,000/s beside that nginx | {:.2f} ms | {:.2f} ms | {:.2f}x\n",
               ours.steady.percentile(0.99), floor.steady.percentile(0.99),
               floor.steady.percentile(0.99) / ours.steady.percentile(0.99));
    row_of("the same under a flood of logins: p50", Less, "ms",
           [](const Figures& f) { return f.flooded.percentile(0.5); });
    row_of("the same under a flood of logins: p99", Less, "ms",
           [](const Figures& f) { return f.flooded.percentile(0.99); });
    row_of("logins (argon2id 19 MiB | bcrypt cost 10)", More, "/s",
           [](const Figures& f) { return f.logins.per_second(200); });
    row("logins (argon2id 19 MiB | bcrypt cost 12)", More, ours.logins.per_second(200), peer_cost12, "/s");
    fmt::print("logins beside the bare hash | {:.1f} of {:.1f} /s ({:.0f} %) | - | -\n",
               ours.logins.per_second(200), bare, 100 * ours.logins.per_second(200) / bare);
    fmt::print("{} logins at once | {} | {} | -\n", kBurst, burst_text(ours), peer ? burst_text(*peer) : "-");
    row_of("1,000 people, 10,000 requests/min: p95", Less, "ms",
           [](const Figures& f) { return f.crowd.percentile(0.95); });
    fmt::print("1,000 people, 10,000 requests/min: errors | {} of {} | {} | -\n", ours.crowd.bad(),
               ours.crowd.answers(),
               peer ? fmt::format("{} of {}", peer->crowd.bad(), peer->crowd.answers()) : "-");
    row_of("memory before the first login", Less, "MB", [](const Figures& f) { return f.idle_megabytes; });
    row_of("memory after all that", Less, "MB", [](const Figures& f) { return f.busy_megabytes; });
  }

  /// What ours missed, one line each.
  std::vector<std::string> misses() const {
    std::vector<std::string> lines;
    const auto expect = [&lines](bool holds, std::string line) {
      if (!holds) lines.push_back(std::move(line));
    };
    const auto expect_good = [&](std::string_view name, const LoadResult& result) {
      expect(result.bad() == 0, fmt::format("{}: {}", name, result.tally()));
    };
    const double p99 = ours.steady.percentile(0.99);
    expect(ours.checks_per_second >= kMinChecks, fmt::format("under {} checks/s", kMinChecks));
    expect(p99 <= kMaxIdleP99, fmt::format("p99 over {} ms", kMaxIdleP99));
    expect(ours.flooded.percentile(0.99) <= kMaxP99Growth * p99,
           fmt::format("p99 over {}x under a flood", kMaxP99Growth));
    expect_good("checks", ours.steady);
    expect_good("checks under a flood", ours.flooded);
    expect_good("logins", ours.logins);
    expect(ours.logins.per_second(200) >= kMinLoginShare * bare, "logins under 90 % of the bare hash");
    expect(ours.burst_told_when > 0 && ours.burst_told_when == ours.burst.with_status(503),
           "not everybody of a burst of logins was told when to come again");
    expect(ours.burst.answers() == kBurst, "burst of logins: " + ours.burst.tally());
    expect(ours.crowd.percentile(0.95) < kMaxCrowdP95,
           fmt::format("p95 of the crowd over {} ms", kMaxCrowdP95));
    expect_good("crowd", ours.crowd);
    expect(ours.idle_megabytes <= kMaxIdleMegabytes, fmt::format("idle over {} MB", kMaxIdleMegabytes));
    return lines;
  }
};

void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 16'384);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

authd::PasswordHash hash_of_password() {
  SystemRandom random;
  const auto password = authd::OpaqueString::prepare(kPassword);
  const auto hash = authd::PasswordHash::make(*password, {}, random);
  if (!hash) test::give_up(hash.error().message);
  return *hash;
}

struct Wishes {
  seconds crowd_time{60};
  bool is_alone = false;  ///< without the peer
};

void measure_peer(const Wishes& wishes, Report& report) {
  const ExpressApp app;
  if (!app.is_there()) return fmt::print(stderr, "{}\nauthd alone:\n", app.problem());
  {
    const ExpressServer express(app, 10);
    report.peer = run_course({express.port(), express.pid()}, wishes.crowd_time);
  }
  const ExpressServer express(app, 12);
  report.peer_cost12 = run_load({.port = express.port(),
                                 .connections = 8,
                                 .time = kMeasured,
                                 .request = [](long n) { return login_request(n, n, true); }})
                           .per_second(200);
}

int run(const Wishes& wishes) {
  raise_file_limit();
  Report report;
  const authd::PasswordHash hash = hash_of_password();
  const std::size_t threads = std::max(2U, std::thread::hardware_concurrency()) - 1;
  const double before = bare_hash_rate(hash, threads);
  report.floor = measure_floor();
  {
    const AuthdServer authd(hash.text());
    report.ours = run_course({authd.port(), authd.pid()}, wishes.crowd_time);
  }
  report.bare = (before + bare_hash_rate(hash, threads)) / 2;
  if (!wishes.is_alone) measure_peer(wishes, report);
  fmt::print("name | ours | express, jsonwebtoken, bcrypt | ratio\n");
  report.print();
  const std::vector<std::string> misses = report.misses();
  for (const std::string& miss : misses) fmt::print(stderr, "missed: {}\n", miss);
  return misses.empty() ? 0 : 1;
}

}  // namespace
}  // namespace picket::bench

int main(int argc, char** argv) {
  picket::bench::Wishes wishes;
  for (const std::string_view word : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (word == "--long") wishes.crowd_time = std::chrono::minutes(5);
    if (word == "--alone") wishes.is_alone = true;
  }
  return picket::bench::run(wishes);
}
