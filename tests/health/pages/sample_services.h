// Snapshots for the tests of the status page, made by hand.
#pragma once

#include <memory>
#include <string>

#include "base/time/timestamp.h"
#include "exporters/health/engine/check_status.h"
#include "tests/health/service/fake_prober.h"

namespace picket::health::test {

struct SampleService {
  std::string name;
  std::string group = "default";
  State state = State::Operational;
  std::string error{};
  std::string target = "https://example.org/";
  bool flapping = false;
};

inline WallTime sample_time() {
  return *parse_rfc3339("2026-11-30T12:00:00Z");
}

inline CheckStatus status_of(const SampleService& service) {
  const auto config = std::make_shared<CheckConfig>();
  config->name = service.name;
  config->group = service.group;
  config->prober = std::make_shared<const FakeProberConfig>(service.target, nullptr);
  CheckStatus check;
  check.config = config;
  check.state = service.state;
  check.flapping = service.flapping;
  check.since = sample_time() - std::chrono::hours(3);
  check.uptime = {1, 0.99991, 0.995, 0.93, -1};
  const auto last = std::make_shared<LastProbe>();
  last->duration = std::chrono::microseconds(12340);
  check.last = last;
  if (!service.error.empty())
    check.last_error = std::make_shared<const LastError>(
        LastError{sample_time() - std::chrono::minutes(4), FailureReason::Timeout, service.error});
  return check;
}

inline Snapshot snapshot_of(const std::vector<SampleService>& services) {
  Snapshot snapshot;
  snapshot.taken = sample_time();
  for (const SampleService& service : services) snapshot.checks.push_back(status_of(service));
  return snapshot;
}

/// `count` services in 40 groups; every thousandth is down, the one after it degraded.
inline Snapshot many_services(std::size_t count) {
  std::vector<SampleService> services;
  for (std::size_t i = 0; i < count; ++i) {
    const State state = i % 1000 == 7 ? State::Down : i % 1000 == 8 ? State::Degraded : State::Operational;
    services.push_back({.name = "service-" + std::to_string(i),
                        .group = "group-" + std::to_string(i % 40),
                        .state = state,
                        .error = state == State::Down ? "no answer within 5s" : ""});
  }
  return snapshot_of(services);
}

}  // namespace picket::health::test
