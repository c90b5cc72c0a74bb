// Runs one prober of a piece of health.yml against a real peer and waits for its result.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "base/time/timer_thread.h"
#include "exporters/health/probers/register_probers.h"

namespace picket::health {

/// "ok", "degraded", or the reason.
inline std::string outcome(const ProbeResult& result) {
  return result.success ? (result.degraded ? "degraded" : "ok") : std::string(to_string(result.reason));
}

class ProberFixture : public testing::Test {
 protected:
  /// Of a file system that may be as full as it is; `more` begins with a comma.
  static std::string filesystem_check(const std::string& path, const std::string& more = "") {
    return fmt::format("{{filesystem: {{path: {}, min_free_ratio: 0, down_free_ratio: 0{}}}}}", path, more);
  }
  struct Made {
    std::shared_ptr<Prober> prober;
    ProbeTarget target;
  };
  /// `yaml` is what stands under `prober:`.
  Made make(const std::string& yaml) {
    Problems problems("health.yml");
    const YamlNode root = parse_yaml(yaml, problems);
    ReadContext context{files_, problems};
    const std::shared_ptr<const ProberConfig> config = registry_.read(ValueReader(root, "prober", context));
    if (!problems.empty()) {
      ADD_FAILURE() << problems.error().message;
      return {};
    }
    return {config->make(services()), config->target()};
  }

  std::future<ProbeResult> start(const Made& made, Duration timeout = std::chrono::seconds(5)) {
    const auto promise = std::make_shared<std::promise<ProbeResult>>();
    if (made.prober) {
      made.prober->probe(
          made.target, Deadline::after(timers_.clock(), timeout),
          [promise, prober = made.prober](ProbeResult result) { promise->set_value(std::move(result)); });
    } else {
      promise->set_value({});
    }
    return promise->get_future();
  }

  ProbeResult probe(const Made& made, Duration timeout = std::chrono::seconds(5)) {
    std::future<ProbeResult> future = start(made, timeout);
    if (future.wait_for(std::chrono::seconds(15)) == std::future_status::ready) return future.get();
    ADD_FAILURE() << "the prober did not answer";
    return {};
  }
  ProbeResult probe(const std::string& yaml, Duration timeout = std::chrono::seconds(5)) {
    return probe(make(yaml), timeout);
  }

  /// Of a prober that the caller made and keeps.
  ProbeResult run(Prober& prober, const ProbeTarget& target, Duration timeout = std::chrono::seconds(5)) {
    return probe(Made{std::shared_ptr<Prober>(std::shared_ptr<void>(), &prober), target}, timeout);
  }

  /// The problems of reading `yaml`, one a line.
  std::string problems_of(const std::string& yaml) {
    Problems problems("health.yml");
    const YamlNode root = parse_yaml(yaml, problems);
    ReadContext context{files_, problems};
    registry_.read(ValueReader(root, "prober", context));
    return problems.empty() ? "" : problems.error().message;
  }

  virtual ProberServices services() {
    return {loop_, postgres_loop_, resolver_, http_, timers_, mounts_, files_, random_, log_, policy_};
  }

  TimerThread timers_;
  RealFiles files_;
  SystemRandom random_;
  SystemClock clock_;
  Logger log_{{}, clock_};
  EventLoop postgres_loop_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient http_{loop_, resolver_};
  std::shared_ptr<MountLanes> mounts_ = std::make_shared<MountLanes>();
  std::shared_ptr<const AddressPolicy> policy_ = std::make_shared<const AddressPolicy>();
  ProberRegistry registry_ = all_probers();
};

}  // namespace picket::health
