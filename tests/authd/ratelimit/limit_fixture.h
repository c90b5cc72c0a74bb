// A gate over limits in memory, as a configuration says; without one, limits are off.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "authd/ratelimit/limit_gate.h"
#include "authd/ratelimit/memory_limiter.h"

namespace picket::authd {

inline std::shared_ptr<const RateLimitConfig> limit_config(std::string_view yaml) {
  const RealFiles files;
  auto config = parse_config<RateLimitConfig>(yaml, "authd.yml", files);
  EXPECT_TRUE(config) << config.error().message;
  return std::make_shared<const RateLimitConfig>(config.value_or(RateLimitConfig{}));
}

struct LimitFixture {
  explicit LimitFixture(const Clock& clock, std::string_view yaml = "enabled: false")
      : limiter(clock, 50'000), gate(limit_config(yaml), limiter, clock) {}

  void set(std::string_view yaml) { gate.reload(limit_config(yaml)); }

  MemoryLimiter limiter;
  LimitGate gate;
};

}  // namespace picket::authd
