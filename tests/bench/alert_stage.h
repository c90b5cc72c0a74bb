// The two that bench_alertd compares, on the same series, rules, routes and receivers: alertd beside a
// Prometheus that only scrapes, and Alertmanager behind a Prometheus that evaluates the rules. Not
// thread-safe, except the receiver.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/crypto/random.h"
#include "base/exec/mutex.h"
#include "base/files/files.h"
#include "base/http/server.h"
#include "tests/bench/process_usage.h"
#include "tests/support/free_port.h"
#include "tests/support/peer_server.h"
#include "tests/support/process.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/temp_dir.h"

namespace picket::bench {

enum class Who { Picket, Alertmanager };
struct Alerter {
  Who who = Who::Picket;
  std::string program;  ///< path
};

/// What both read: `routing` is route, receivers and inhibit_rules of alertmanager.yml.
struct AlertSetup {
  std::string rules, routing;
  int interval_s = 1;  ///< of scrapes and evaluations
};

/// A webhook that remembers which alerts it heard of, by alertname and label "i". On Picket's own server: it
/// takes thousands of connections at once.
class HookedAlerts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  HookedAlerts();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook"; }
  /// When the last of them came; nothing when there were fewer after `patience`.
  std::optional<Time> wait_for(std::size_t count, std::chrono::seconds patience) const;

 private:
  std::size_t count() const;
  void hear(const std::string& body);

  mutable Mutex mutex_;
  std::set<std::string> alerts_ GUARDED_BY(mutex_);
  Time last_ GUARDED_BY(mutex_){};
  SystemClock clock_;
  SystemRandom random_;
  RealFiles files_;
  Logger log_{{}, clock_};
  WebConfigFile web_{"", files_, random_};
  WorkerPool pool_{"hook", {1, 16}};
  Router router_;
  Server server_{{.listen = {"127.0.0.1:0"}}, {.router = router_, .pool = pool_, .web = web_, .log = log_}};
};

/// Accepts connections and never answers.
class HungPeer {
 public:
  HungPeer();
  ~HungPeer();
  HungPeer(const HungPeer&) = delete;
  HungPeer& operator=(const HungPeer&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }

 private:
  const int port_ = test::free_port();
  int socket_ = -1;
};

class AlertStage {
 public:
  AlertStage(const Alerter& alerter, const AlertSetup& setup);

  /// What is scraped from now on, in the text format.
  void set(std::string series);
  /// Of alertd or Alertmanager.
  Usage alerter() const { return usage_of(alerter_->pid()); }
  Usage prometheus() const { return usage_of(prometheus_->process().pid()); }
  /// Firing, as alertd or Prometheus says.
  std::size_t firing() const;

 private:
  std::string prometheus_yml(const AlertSetup& setup) const;

  const Who who_;
  const test::TempDir dir_;
  const int port_ = test::free_port();
  mutable Mutex mutex_;
  std::string series_ GUARDED_BY(mutex_);
  test::LocalPeer exporter_;
  std::unique_ptr<test::PrometheusServer> prometheus_;
  std::unique_ptr<test::Process> alerter_;
};

/// Lets the time pass.
void pass(std::chrono::milliseconds time);

}  // namespace picket::bench
