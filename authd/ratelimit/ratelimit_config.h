// The `ratelimit:` part of authd.yml. Immutable after loading; swapped whole at reload.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "authd/ratelimit/memory_limiter.h"
#include "authd/ratelimit/redis_limiter.h"
#include "authd/ratelimit/tier.h"
#include "base/net/ip_address.h"

namespace picket::authd {

/// So many refusals of tiers that guard secrets within so long block the client's network for so long.
struct ViolationPolicy {
  std::uint32_t count = 5;  ///< 0: never block
  Duration within = std::chrono::minutes(15);
  Duration block_for = std::chrono::hours(1);
  /// Whether loopback and private networks are blocked as well: by default they are not, since a proxy or a
  /// whole office may be one address there.
  bool private_networks = false;
};
void read_yaml(MapReader& r, ViolationPolicy& policy);

/// Another limit of a tier for one user: user id to tier name to limit.
using TierOverrides = std::map<std::string, std::map<std::string, std::uint32_t>>;

struct RateLimitConfig {
  bool enabled = true;
  std::vector<Tier> tiers = default_tiers();  ///< names are unique; asked in this order
  std::vector<std::string> excluded_paths = {"/-/healthy", "/-/ready", "/metrics", "/.well-known/jwks.json"};
  std::vector<Cidr> allowed_networks;  ///< neither limited nor blocked
  TierOverrides overrides;
  ViolationPolicy violations;
  std::size_t subjects_max = 100'000;
  WhenFull when_full = WhenFull::Allow;
  std::size_t blocks_max = 100'000;
  std::optional<RedisConfig> redis;  ///< several replicas share their limits there
  RedisDown redis_down = RedisDown::Memory;

  static std::vector<Tier> default_tiers();
  /// Null when there is no such tier.
  const Tier* find(std::string_view name) const;
};
void read_yaml(MapReader& r, RateLimitConfig& c);

}  // namespace picket::authd
