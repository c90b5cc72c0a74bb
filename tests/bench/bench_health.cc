// 10,000 http checks every 15 s against a local nginx: CPU and memory of health_exporter beside Debian's
// prometheus-blackbox-exporter, which is asked for the same 667 probes a second as Prometheus would ask it,
// at the same time. Ours is scraped every 15 s. Then healthy checks beside 10,000 that never get an answer:
// how late they run. Prints `name | ours | peer | ratio` lines; exits 1 when ours needs more than 0.25 core
// or 64 MB, or when a healthy check in a hundred is more than half a second late. Takes about three minutes;
// `bench_health dead` runs the second part alone.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "base/http/client.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timer_thread.h"
#include "tests/bench/dead_targets.h"
#include "tests/bench/process_usage.h"
#include "tests/support/free_port.h"
#include "tests/support/nginx_server.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket {
namespace {

using bench::Usage;
using bench::usage_of;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Process;

constexpr int kChecks = 10'000;
constexpr seconds kInterval{15};
constexpr seconds kWarmUp{20};
constexpr seconds kMeasured{30};
constexpr double kMaxCores = 0.25;
constexpr double kMaxMegabytes = 64;
constexpr int kHealthy = 200;
constexpr seconds kHealthyInterval{5};
constexpr seconds kBesideDead{60};
constexpr double kMaxLateMillis = 500;

std::string health_yml(const std::string& url) {
  std::string text = "checks:\n";
  for (int i = 0; i < kChecks; ++i) {
    text += fmt::format(
        "- {{name: check-{}, group: g{}, interval: {}s, degraded_above: 300ms, prober: {{http: {{url: "
        "\"{}/{}\"}}}}}}\n",
        i, i % 20, kInterval.count(), url, i);
  }
  return text;
}

/// Asks as Prometheus would: kept connections, gzip, a steady rate.
class Client {
 public:
  std::string get(const std::string& url) {
    OutboundRequest request;
    request.url = url;
    request.timeout = seconds(10);
    request.max_response = 256_MiB;
    const auto answer = http_.send(request);
    return answer ? answer->body : "";
  }
  void start(const std::string& url) {
    OutboundRequest request;
    request.url = url;
    http_.send_async(request, [this](const ClientResponse& answer) {
      const bool fine = answer.failed == FailedStep::None &&
                        answer.response.body.find("\nprobe_success 1\n") != std::string::npos;
      ++(fine ? good_ : bad_);
    });
  }
  int good() const { return good_; }
  int bad() const { return bad_; }

 private:
  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient http_{loop_, resolver_};
  std::atomic<int> good_{0}, bad_{0};
};

double sum_of(const std::string& metrics, std::string_view family) {
  double sum = 0;
  for (const std::string_view line : split(metrics, '\n')) {
    if (line.starts_with(family) && line.substr(family.size()).starts_with('{')) {
      sum += parse_double(line.substr(line.rfind(' ') + 1)).value_or(0);
    }
  }
  return sum;
}

bool answers(Client& client, const std::string& url) {
  return test::wait_until(seconds(20), milliseconds(100), [&] { return !client.get(url).empty(); });
}

void pass(seconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  test::wait_until(time + seconds(1), milliseconds(20),
                   [end] { return std::chrono::steady_clock::now() >= end; });
}

struct Measured {
  double cores = 0, megabytes = 0, probes = 0, failures = 0;
};

void print(std::string_view name, double ours, double peer, std::string_view unit) {
  fmt::print("{} | {:.3g} {} | {:.3g} {} | {:.1f}x\n", name, ours, unit, peer, unit, peer / ours);
}

constexpr std::string_view kBlackboxConfig =
    "modules: {m: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4}}}\n";

/// Both under the same load for the same time.
class Contest {
 public:
  Contest()
      : health_({std::string(PICKET_BIN_DIR) + "/health_exporter", "--config.file",
                 dir_.write("health.yml", health_yml(nginx_.url())), "--storage.path", dir_.file("data"),
                 "--web.listen-address", fmt::format("127.0.0.1:{}", our_port_), "--log.level", "error"}),
        blackbox_({test::find_program("prometheus-blackbox-exporter", "prometheus-blackbox-exporter"),
                   "--config.file=" + dir_.write("blackbox.yml", std::string(kBlackboxConfig)),
                   fmt::format("--web.listen-address=127.0.0.1:{}", peer_port_)}) {
    check(answers(client_, ours("/-/healthy")), "health_exporter starts: " + health_.errors());
    check(answers(client_, peer("/-/healthy")), "the blackbox exporter starts");
  }

  int run() {
    int next = 0;
    const Duration step = Duration(kInterval) / kChecks;
    const TimerId probes = timers_.every({step, {}, step}, [&] {
      client_.start(peer(fmt::format("/probe?module=m&target={}/{}", nginx_.url(), next++ % kChecks)));
    });
    pass(kWarmUp);
    const std::string before = client_.get(ours("/metrics"));
    const int peer_before = client_.good();
    const Usage ours_start = usage_of(health_.pid());
    const Usage peer_start = usage_of(blackbox_.pid());
    pass(kMeasured / 2);
    const auto scrape_began = std::chrono::steady_clock::now();
    const std::string scraped = client_.get(ours("/metrics"));
    const double scrape_ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - scrape_began).count();
    pass(kMeasured / 2);
    const std::string after = client_.get(ours("/metrics"));
    const Usage ours_end = usage_of(health_.pid());
    const Usage peer_end = usage_of(blackbox_.pid());
    const double peer_probes = client_.good() - peer_before;
    timers_.cancel(probes);
    const double time = seconds(kMeasured).count();
    const Measured our{
        (ours_end.cpu_seconds - ours_start.cpu_seconds) / time, ours_end.rss_megabytes,
        sum_of(after, "health_check_probes_total") - sum_of(before, "health_check_probes_total"),
        sum_of(after, "health_check_probe_failures_total")};
    const Measured their{(peer_end.cpu_seconds - peer_start.cpu_seconds) / time, peer_end.rss_megabytes,
                         peer_probes, static_cast<double>(client_.bad())};
    fmt::print("name | ours | prometheus-blackbox-exporter | ratio\n");
    print("10,000 http checks every 15 s: cores", our.cores, their.cores, "cores");
    print("10,000 http checks every 15 s: memory", our.megabytes, their.megabytes, "MB");
    fmt::print("http probes finished in {} s | {} ({} failed) | {} ({} failed) | -\n", kMeasured.count(),
               our.probes, our.failures, their.probes, their.failures);
    print("CPU of one http probe", our.cores * time / our.probes * 1e6,
          their.cores * time / their.probes * 1e6, "us");
    fmt::print("one scrape of all 10,000 checks ({} series) | {:.0f} ms | 10,000 scrapes | -\n",
               std::count(scraped.begin(), scraped.end(), '\n'), scrape_ms);
    return our.cores <= kMaxCores && our.megabytes <= kMaxMegabytes ? 0 : 1;
  }

 private:
  std::string ours(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", our_port_, path);
  }
  std::string peer(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", peer_port_, path);
  }

  test::TempDir dir_;
  test::NginxServer nginx_{
      "access_log off; server { listen 127.0.0.1:@PORT@ backlog=4096; location / { return 200 \"ok\"; } }"};
  const int our_port_ = test::free_port();
  const int peer_port_ = test::free_port();
  TimerThread timers_;
  Client client_;
  Process health_;
  Process blackbox_;
};

std::string dead_yml(const std::string& healthy, int dead_port) {
  std::string text = "checks:\n";
  for (int i = 0; i < kHealthy; ++i) {
    text += fmt::format("- {{name: healthy-{0}, interval: {1}s, prober: {{http: {{url: \"{2}/{0}\"}}}}}}\n",
                        i, kHealthyInterval.count(), healthy);
  }
  for (int i = 0; i < kChecks; ++i) {
    text += fmt::format(
        "- {{name: dead-{0}, interval: {1}s, prober: {{http: {{url: \"http://127.0.0.1:{2}/{0}\"}}}}}}\n", i,
        kInterval.count(), dead_port);
  }
  return text;
}

double unix_now() {
  return std::chrono::duration<double>(SystemClock().wall().time_since_epoch()).count();
}

/// Healthy checks beside dead ones.
class BesideDead {
 public:
  int run() {
    const std::string health = fmt::format("http://127.0.0.1:{}/-/healthy", port_);
    check(answers(client_, health), "health_exporter starts: " + health_.errors());
    pass(kWarmUp);
    const double from = unix_now();
    const Usage start = usage_of(health_.pid());
    pass(kBesideDead);
    const Usage end = usage_of(health_.pid());
    const bench::Lateness late = bench::lateness_of(nginx_.dir().read("times.log"),
                                                    static_cast<double>(kHealthyInterval.count()), from);
    const std::string what = fmt::format("beside {} dead targets", kChecks);
    fmt::print("{}: healthy checks late, median | {:.0f} ms | - | -\n", what, late.median_ms);
    fmt::print("{}: healthy checks late, 99 in 100 | {:.0f} ms | - | -\n", what, late.p99_ms);
    fmt::print("{}: healthy checks late, worst | {:.0f} ms | - | -\n", what, late.max_ms);
    fmt::print("{}: healthy runs (missed) | {} ({}) | - | -\n", what, late.runs, late.missed);
    fmt::print("{}: cores | {:.3g} cores | - | -\n", what,
               (end.cpu_seconds - start.cpu_seconds) / static_cast<double>(kBesideDead.count()));
    fmt::print("{}: memory | {:.3g} MB | - | -\n", what, end.rss_megabytes);
    const bool all_ran = late.missed == 0 && late.runs + kHealthy >= kHealthyRuns;
    return all_ran && late.p99_ms <= kMaxLateMillis ? 0 : 1;
  }

 private:
  static constexpr std::size_t kHealthyRuns = kHealthy * (kBesideDead / kHealthyInterval);

  test::TempDir dir_;
  test::NginxServer nginx_{
      "log_format times '$msec $uri'; server { listen 127.0.0.1:@PORT@ backlog=4096; access_log "
      "@DIR@/times.log times; location / { return 200 \"ok\"; } }"};
  bench::DeadTarget dead_;
  const int port_ = test::free_port();
  Client client_;
  Process health_{{std::string(PICKET_BIN_DIR) + "/health_exporter", "--config.file",
                   dir_.write("health.yml", dead_yml(nginx_.url(), dead_.port())), "--storage.path",
                   dir_.file("data"), "--web.listen-address", fmt::format("127.0.0.1:{}", port_),
                   "--log.level", "error"}};
};

}  // namespace
}  // namespace picket

int main(int argc, char** argv) {
  int status = 0;
  if (argc < 2 || std::string_view(argv[1]) != "dead") {
    picket::Contest contest;
    status = contest.run();
  }
  picket::BesideDead beside_dead;
  return std::max(status, beside_dead.run());
}
