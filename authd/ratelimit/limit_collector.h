// The limits on /metrics: decisions by tier, blocks, the table of subjects, Redis. The number of series
// depends on the configuration alone, never on who asks.
#pragma once

#include "authd/ratelimit/limit_gate.h"
#include "authd/ratelimit/memory_limiter.h"
#include "authd/ratelimit/redis_limiter.h"
#include "base/metrics/collector.h"

namespace picket::authd {

class LimitCollector final : public Collector {
 public:
  /// `redis` is null without one.
  LimitCollector(const LimitGate& gate, const MemoryLimiter& memory, const RedisLimiter* redis)
      : gate_(gate), memory_(memory), redis_(redis) {}

  std::string_view name() const override { return "limits"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const LimitGate& gate_;
  const MemoryLimiter& memory_;
  const RedisLimiter* redis_;
};

}  // namespace picket::authd
