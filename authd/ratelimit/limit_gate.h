// What stands before every request: allowed networks, then blocks, then the tiers of its path and caller.
// Requests to authd and the questions of proxies ask admit(); whoever compares a secret asks begin_try(), by
// whatever path it came, and gives the unit back when the secret was right; those who run into the tiers of
// secrets again and again are blocked. Other services check() by name; `authctl limits explain` asks
// explain(). Safe from any thread; touches no database.
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
  IpAddress address{};            ///< as TrustedProxies found it
  std::string user{};             ///< account id; "" for strangers
  std::string path{};             ///< canonical, without query
  std::string key{}, key_tier{};  ///< of an API key that has a tier: counted there, too
  /// Many clients share the address: it is a proxy that the configuration forgot. Its limits are ten times as
  /// high, and it is never blocked.
  bool is_shared = false;
  /// A valid session, API key or program token, or a known device: only a block of sessions stops it, and it
  /// brings none. A key is 256 random bits: whoever has it is no stranger who guesses.
  bool is_known = false;
  TierUse use = TierUse::Requests;
};

/// Another service asks about a subject of its own.
struct ServiceQuestion {
  std::string tier{};
  std::string subject{};   ///< anything
  std::string user{};      ///< the account that it is or belongs to: its own limits hold; "" for none
  std::string key_tier{};  ///< of a subject that is an API key with a tier: asked as well
  std::uint32_t cost = 1;  ///< 0 only looks
};

/// Somebody is about to compare a secret.
struct SecretTry {
  std::string_view tier = kAuthTier;
  Caller caller{};
  std::string account{};  ///< whose secret: an account's id, or what stands in for one
  std::string device{};   ///< a known one of this very account: it has a count of its own; "" for strangers
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
  /// counted stays counted. A cost of 0 asks for blocks alone.
  GateAnswer admit(const Caller& caller, std::uint32_t cost = 1);
  /// The block in force that stops the caller.
  std::optional<Block> block_on(const Caller& caller) const;

  /// Takes a unit of each count that the try falls under, or of none: Limited, or Blocked. Give them back
  /// when the secret was right; tell note_refusal() of one that was turned away for good.
  GateAnswer begin_try(const SecretTry& attempt);
  void give_back(const GateAnswer& tried);
  /// Blocks the network of those who were turned away too often; answers with the block.
  std::optional<Block> note_refusal(const SecretTry& attempt, const GateAnswer& refused);

  /// The same without counting, over all tiers that would be asked.
  GateAnswer explain(const Caller& caller);
  /// For other services. Where the key's tier refuses, nothing is spent, and the standing is that tier's. Who
  /// only looks sees the narrower of what services and what this gate has counted of the subject. NotFound
  /// without such a tier.
  Result<Standing> check(const ServiceQuestion& question);
  /// Of a network, an address in it, or "user:", "key:", "device:", "account:" and an id also what this gate
  /// has counted itself.
  Result<void> forget(std::string_view tier, const std::string& subject);
  /// What a subject has failed at secrets, in every tier of them, and how often it was refused.
  void forget_tries(const std::string& subject);

  bool has_tier(std::string_view name) const;
  /// Whether programs may block loopback and private networks.
  bool blocks_private_networks() const { return current_rules().config->violations.private_networks; }

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

  struct Count {  ///< of a try
    std::string subject;
    std::uint32_t weight = 1;  ///< how many times the tier's limit
  };

  Rules current_rules() const EXCLUDES(mutex_);
  std::size_t count_blocks() const EXCLUDES(blocks_mutex_);
  GateAnswer walk(const Caller& caller, std::uint32_t cost, bool counts);
  static std::uint32_t limit_of(const Rules& rules, const Tier& tier, const std::string& user);
  Standing ask(const Rules& rules, const Tier& tier, const Caller& caller, std::uint32_t cost);
  Standing ask_service(const Rules& rules, const Tier& tier, const ServiceQuestion& question);
  std::vector<const Tier*> tiers_of(const Rules& rules, const Caller& caller) const;
  static std::vector<Count> counts_of(const SecretTry& attempt);
  static std::vector<Count> own_counts_of(const Tier& tier, const std::string& subject);
  Standing narrowest(const Rules& rules, const Tier& tier, const ServiceQuestion& question,
                     Standing standing);
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
