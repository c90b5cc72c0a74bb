// What stands before every request: allowed networks, then blocks, then the tiers of its path and caller, and
// a block for those who run into them again and again. Forward-auth, the API and login ask admit(); other
// services check() by name; `authctl limits explain` asks explain(). Safe from any thread; touches no
// database.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "authd/ratelimit/block_list.h"
#include "authd/ratelimit/rate_limiter.h"
#include "authd/ratelimit/ratelimit_config.h"
#include "base/exec/mutex.h"

namespace picket::authd {

struct Caller {
  IpAddress address{};  ///< as TrustedProxies found it
  std::string user{};   ///< account id; "" for strangers
  std::string path{};   ///< canonical, without query
};

/// One tier and where a caller stands in it.
struct Standing {
  std::string tier;
  std::string subject;  ///< "192.0.2.1/32", or "user:" and an id
  Duration window{};
  Decision decision;  ///< its limit is the caller's own, where he has one
};

enum class Admission : std::uint8_t {
  Admitted,
  Exempt,   ///< excluded path, allowed network, or limits are off
  Limited,  ///< 429
  Blocked   ///< 403 or 429, without any work
};
std::string_view to_string(Admission admission);

struct GateAnswer {
  Admission admission = Admission::Admitted;
  std::vector<Standing> standings;  ///< of the tiers that were asked; the last one refused when Limited
  std::optional<Block> block;       ///< the one in force, or the one that this violation has brought
};

struct GateCounts {
  struct OfTier {
    std::uint64_t allowed = 0, limited = 0;
  };
  std::map<std::string, OfTier> tiers;
  std::uint64_t blocked_requests = 0;
  std::uint64_t blocks_refused = 0;  ///< the list was full
  std::size_t blocked_prefixes = 0;
};

class LimitGate {
 public:
  LimitGate(std::shared_ptr<const RateLimitConfig> config, RateLimiter& limiter, const Clock& clock);

  /// Tiers are asked in the order of the configuration, up to the first that refuses; what the ones before it
  /// counted stays counted.
  GateAnswer admit(const Caller& caller, std::uint32_t cost = 1);
  /// The same without counting, over all tiers that would be asked.
  GateAnswer explain(const Caller& caller);
  /// For other services: one tier by name, for any subject of theirs. NotFound without such a tier. A cost of
  /// 0 only looks.
  Result<Standing> check(std::string_view tier, const std::string& subject, std::uint32_t cost);
  Result<void> forget(std::string_view tier, const std::string& subject);

  bool has_tier(std::string_view name) const;

  Result<void> block(const Block& block);
  bool unblock(const Cidr& network);
  std::vector<Block> blocks() const;
  /// Another number whenever a block was added or made longer.
  std::uint64_t blocks_added() const { return blocks_added_.load(); }

  void reload(std::shared_ptr<const RateLimitConfig> config);
  /// Limits that administrators gave to users; they go before those of the configuration. Replaces them all.
  void publish_overrides(TierOverrides overrides);

  GateCounts counts() const;

 private:
  struct Rules {  ///< what one request is judged by, whatever is reloaded meanwhile
    std::shared_ptr<const RateLimitConfig> config;
    std::shared_ptr<const TierOverrides> overrides;
  };
  struct Tally {
    std::atomic<std::uint64_t> allowed{0}, limited{0};
  };
  using Tallies = std::map<std::string, Tally, std::less<>>;

  Rules current_rules() const EXCLUDES(mutex_);
  std::optional<Block> find_block(const IpAddress& address) const EXCLUDES(blocks_mutex_);
  std::size_t count_blocks() const EXCLUDES(blocks_mutex_);
  GateAnswer walk(const Caller& caller, std::uint32_t cost, bool counts);
  Standing ask(const Rules& rules, const Tier& tier, const Caller& caller, std::uint32_t cost);
  std::optional<Block> note_violation(const Rules& rules, const Caller& caller, const Tier& tier);
  void tally(std::string_view tier, bool allowed) EXCLUDES(mutex_);

  RateLimiter& limiter_;
  const Clock& clock_;
  mutable Mutex mutex_;
  Rules rules_ GUARDED_BY(mutex_);
  Tallies tallies_ GUARDED_BY(mutex_);  ///< only names that a configuration has or had
  mutable Mutex blocks_mutex_;
  BlockList blocks_ GUARDED_BY(blocks_mutex_);
  std::atomic<std::uint64_t> blocked_requests_{0}, blocks_refused_{0}, blocks_added_{0};
};

}  // namespace picket::authd
