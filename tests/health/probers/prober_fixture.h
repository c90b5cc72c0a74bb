// Runs one prober of a piece of health.yml against a real peer and waits for its result.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "base/time/timer_thread.h"
#include "exporters/health/probers/register_probers.h"

namespace picket::health {

class ProberFixture : public testing::Test {
 protected:
  /// `yaml` is what stands under `prober:`.
  ProbeResult probe(const std::string& yaml, Duration timeout = std::chrono::seconds(5)) {
    Problems problems("health.yml");
    const YamlNode root = parse_yaml(yaml, problems);
    ReadContext context{files_, problems};
    const std::shared_ptr<const ProberConfig> config = registry_.read(ValueReader(root, "prober", context));
    if (!problems.empty()) {
      ADD_FAILURE() << problems.error().message;
      return {};
    }
    return run(*config->make(services()), config->target(), timeout);
  }

  ProbeResult run(Prober& prober, const ProbeTarget& target, Duration timeout = std::chrono::seconds(5)) {
    std::promise<ProbeResult> promise;
    std::future<ProbeResult> future = promise.get_future();
    prober.probe(target, Deadline::after(timers_.clock(), timeout),
                 [&promise](ProbeResult result) { promise.set_value(std::move(result)); });
    if (future.wait_for(std::chrono::seconds(15)) != std::future_status::ready) {
      ADD_FAILURE() << "the prober did not answer";
      std::abort();  // its callback holds our stack
    }
    return future.get();
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
    return {loop_, resolver_, http_, timers_, blocking_, files_, random_, log_, policy_};
  }

  TimerThread timers_;
  RealFiles files_;
  SystemRandom random_;
  SystemClock clock_;
  Logger log_{{}, clock_};
  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient http_{loop_, resolver_};
  WorkerPool blocking_{"blocking", {.threads = 2, .queue = 16}};
  std::shared_ptr<const AddressPolicy> policy_ = std::make_shared<const AddressPolicy>();
  ProberRegistry registry_ = all_probers();
};

}  // namespace picket::health
