// GET /metrics while 200 clients drip one byte of a request head now and then and 1,000 keep-alive clients
// sit idle: our server beside prometheus-cpp's Exposer (CivetWeb), both as they come, in one run. Then plain
// throughput on kept connections. Prints `name | ours | peer | ratio` lines; exits 1 when ours misses 100 ms.
#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/registry.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/crypto/random.h"
#include "base/http/server.h"
#include "base/metrics/metrics_handler.h"
#include "base/metrics/registry.h"
#include "tests/http/raw_client.h"

namespace picket {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using test::RawClient;

constexpr int kSlow = 200;
constexpr int kIdle = 1000;
constexpr int kScrapes = 200;
constexpr int kSeries = 500;
constexpr double kTargetMs = 100;
const std::string kGet = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kGetOnce = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

void fill(prometheus::Family<prometheus::Counter>& family) {
  for (int i = 0; i < kSeries; ++i) family.Add({{"check", "check-" + std::to_string(i)}}).Increment(i);
}

/// Our server as a daemon has it: four workers.
class Ours {
 public:
  Ours() {
    fill(registry_.counter("bench_probes_total", "Probes."));
    metrics_.add(registry_);
    router_.get("/metrics", [this](const Request& r) { return metrics_(r); });
    check(server_.start().has_value(), "our server starts");
  }
  std::uint16_t port() const { return server_.port(); }

 private:
  SystemClock clock_;
  SystemRandom random_;
  RealFiles files_;
  Logger log_{{}, clock_};
  MetricRegistry registry_;
  MetricsHandler metrics_{"bench", {}};
  Router router_;
  WebConfigFile web_{"", files_, random_};
  WorkerPool pool_{"http", {4, 1024}};
  Server server_{{.listen = {"127.0.0.1:0"}}, {.router = router_, .pool = pool_, .web = web_, .log = log_}};
};

class Peer {
 public:
  explicit Peer(std::size_t threads) : exposer_("127.0.0.1:0", threads) {
    fill(prometheus::BuildCounter().Name("bench_probes_total").Help("Probes.").Register(*registry_));
    exposer_.RegisterCollectable(registry_);
  }
  std::uint16_t port() const { return static_cast<std::uint16_t>(exposer_.GetListeningPorts().front()); }

 private:
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  prometheus::Exposer exposer_;
};

struct Crowd {
  std::vector<RawClient> slow, idle;

  explicit Crowd(std::uint16_t port) {
    for (int i = 0; i < kIdle; ++i) {
      idle.emplace_back(port);
      idle.back().ask(kGet);
    }
    for (int i = 0; i < kSlow; ++i) {
      slow.emplace_back(port);
      slow.back().send("GET /metrics HTTP/1.1\r\nX-Slow: ");
    }
  }
  void drip() {
    for (RawClient& client : slow) client.send("a");
  }
};

struct Latency {
  double p50 = 0, p99 = 0;
  int unanswered = 0;
};

/// Fresh connection, request, whole answer. Gives up on one after RawClient's patience, and after three of
/// those on the rest.
Latency scrape(std::uint16_t port, Crowd* crowd) {
  std::vector<double> took;
  Latency result;
  for (int i = 0; i < kScrapes && result.unanswered < 3; ++i) {
    if (crowd && i % 20 == 0) crowd->drip();
    const auto began = SteadyClock::now();
    RawClient client(port);
    if (client.ask(kGetOnce).status != 200) ++result.unanswered;
    took.push_back(Milliseconds(SteadyClock::now() - began).count());
  }
  std::sort(took.begin(), took.end());
  result.p50 = took[took.size() / 2];
  result.p99 = took[took.size() * 99 / 100];
  return result;
}

double requests_per_second(std::uint16_t port) {
  constexpr int kClients = 4;
  constexpr std::chrono::seconds kTime{2};
  std::atomic<long> count{0};
  std::vector<std::jthread> clients;
  clients.reserve(kClients);
  const auto end = SteadyClock::now() + kTime;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&count, port, end] {
      while (SteadyClock::now() < end) {
        RawClient client(port);
        while (SteadyClock::now() < end && client.ask(kGet).status == 200) ++count;
      }
    });
  }
  clients.clear();
  return static_cast<double>(count.load()) / Milliseconds(kTime).count() * 1000;
}

std::string text_of(double ms, int unanswered) {
  return unanswered > 0 ? fmt::format(">{:.0f} ms ({} unanswered)", ms, unanswered)
                        : fmt::format("{:.2f} ms", ms);
}

void print(std::string_view name, const Latency& ours, const Latency& peer) {
  fmt::print("{} p50 | {} | {} | {:.1f}x\n", name, text_of(ours.p50, ours.unanswered),
             text_of(peer.p50, peer.unanswered), peer.p50 / ours.p50);
  fmt::print("{} p99 | {} | {} | {:.1f}x\n", name, text_of(ours.p99, ours.unanswered),
             text_of(peer.p99, peer.unanswered), peer.p99 / ours.p99);
}

int run() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 16384);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  fmt::print("name | ours | prometheus-cpp Exposer (CivetWeb, 2 threads) | ratio\n");
  Latency crowded;
  {
    const Ours ours;
    const Peer peer(2);
    print("scrape, nobody else", scrape(ours.port(), nullptr), scrape(peer.port(), nullptr));
    const double our_rate = requests_per_second(ours.port());
    const double peer_rate = requests_per_second(peer.port());
    fmt::print("scrapes per second, 4 clients | {:.0f} | {:.0f} | {:.1f}x\n", our_rate, peer_rate,
               our_rate / peer_rate);
    Crowd our_crowd(ours.port());
    crowded = scrape(ours.port(), &our_crowd);
  }
  Latency peer_crowded;
  {
    const Peer peer(2);
    Crowd crowd(peer.port());
    peer_crowded = scrape(peer.port(), &crowd);
    crowd.slow.clear();
  }
  print(fmt::format("scrape, {} slow and {} idle clients", kSlow, kIdle), crowded, peer_crowded);
  return crowded.p99 < kTargetMs && crowded.unanswered == 0 ? 0 : 1;
}

}  // namespace
}  // namespace picket

int main() {
  return picket::run();
}
