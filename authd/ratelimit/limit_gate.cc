#include "authd/ratelimit/limit_gate.h"

#include <algorithm>

#include "authd/address/address_prefix.h"

namespace picket::authd {
namespace {

constexpr std::string_view kViolations = "violations";

bool is_exempt(const RateLimitConfig& config, const Caller& caller) {
  const auto is_below_it = [&](const std::string& top) { return is_below(caller.path, top); };
  const auto holds = [&](const Cidr& network) { return network.contains(caller.address); };
  return !config.enabled || std::ranges::any_of(config.excluded_paths, is_below_it) ||
         std::ranges::any_of(config.allowed_networks, holds);
}

bool applies(const Tier& tier, const Caller& caller) {
  const bool is_stranger = caller.user.empty();
  if (tier.audience == TierAudience::Anonymous && !is_stranger) return false;
  if (tier.audience == TierAudience::Authenticated && is_stranger) return false;
  return std::ranges::any_of(tier.paths, [&](const std::string& top) { return is_below(caller.path, top); });
}

/// A stranger is told by his network in the tiers of users, too.
std::string subject_of(const Tier& tier, const Caller& caller) {
  if (tier.per == TierSubject::User && !caller.user.empty()) return "user:" + caller.user;
  return client_network(caller.address).text();
}

std::optional<std::uint32_t> find_limit(const TierOverrides& overrides, const std::string& user,
                                        const std::string& tier) {
  const auto limits = overrides.find(user);
  if (limits == overrides.end()) return std::nullopt;
  const auto limit = limits->second.find(tier);
  if (limit == limits->second.end()) return std::nullopt;
  return limit->second;
}

}  // namespace

std::string_view to_string(Admission admission) {
  switch (admission) {
    case Admission::Admitted:
      return "admitted";
    case Admission::Exempt:
      return "exempt";
    case Admission::Limited:
      return "limited";
    case Admission::Blocked:
      return "blocked";
  }
  return "blocked";
}

LimitGate::LimitGate(std::shared_ptr<const RateLimitConfig> config, RateLimiter& limiter, const Clock& clock)
    : limiter_(limiter),
      clock_(clock),
      rules_{config, std::make_shared<const TierOverrides>()},
      blocks_(config->blocks_max) {
  reload(std::move(config));
}

void LimitGate::reload(std::shared_ptr<const RateLimitConfig> config) {
  const MutexLock lock(mutex_);
  for (const Tier& tier : config->tiers) tallies_.try_emplace(tier.name);
  rules_.config = std::move(config);
}

void LimitGate::publish_overrides(TierOverrides overrides) {
  auto fresh = std::make_shared<const TierOverrides>(std::move(overrides));
  const MutexLock lock(mutex_);
  rules_.overrides = std::move(fresh);
}

LimitGate::Rules LimitGate::current_rules() const {
  const MutexLock lock(mutex_);
  return rules_;
}

void LimitGate::tally(std::string_view tier, bool allowed) {
  const MutexLock lock(mutex_);
  const auto found = tallies_.find(tier);
  if (found == tallies_.end()) return;
  (allowed ? found->second.allowed : found->second.limited).fetch_add(1, std::memory_order_relaxed);
}

Standing LimitGate::ask(const Rules& rules, const Tier& tier, const Caller& caller, std::uint32_t cost) {
  Standing standing{tier.name, subject_of(tier, caller), tier.window, {}};
  auto own = find_limit(*rules.overrides, caller.user, tier.name);
  if (!own) own = find_limit(rules.config->overrides, caller.user, tier.name);
  if (own) {
    Tier changed = tier;
    changed.limit = *own;
    standing.decision = limiter_.check(changed, standing.subject, cost);
  } else {
    standing.decision = limiter_.check(tier, standing.subject, cost);
  }
  return standing;
}

GateAnswer LimitGate::walk(const Caller& caller, std::uint32_t cost, bool counts) {
  const Rules rules = current_rules();
  GateAnswer answer;
  if (is_exempt(*rules.config, caller)) {
    answer.admission = Admission::Exempt;
    return answer;
  }
  answer.block = find_block(caller.address);
  if (answer.block) answer.admission = Admission::Blocked;
  if (answer.block && counts) return answer;
  for (const Tier& tier : rules.config->tiers) {
    if (!applies(tier, caller)) continue;
    answer.standings.push_back(ask(rules, tier, caller, cost));
    if (!counts) continue;
    const bool is_allowed = answer.standings.back().decision.allowed;
    tally(tier.name, is_allowed);
    if (is_allowed) continue;
    answer.admission = Admission::Limited;
    answer.block = note_violation(rules, caller, tier);
    return answer;
  }
  return answer;
}

GateAnswer LimitGate::admit(const Caller& caller, std::uint32_t cost) {
  GateAnswer answer = walk(caller, cost, true);
  if (answer.admission == Admission::Blocked) blocked_requests_.fetch_add(1, std::memory_order_relaxed);
  return answer;
}

GateAnswer LimitGate::explain(const Caller& caller) {
  return walk(caller, 0, false);
}

/// The violations of a client are a tier themselves: the one that takes the last unit blocks.
std::optional<Block> LimitGate::note_violation(const Rules& rules, const Caller& caller, const Tier& tier) {
  const ViolationPolicy& policy = rules.config->violations;
  if (policy.count == 0) return std::nullopt;
  const Cidr network = client_network(caller.address);
  const Tier violations{.name = std::string(kViolations), .limit = policy.count, .window = policy.within};
  const Decision decision = limiter_.check(violations, network.text(), 1);
  if (!decision.allowed || decision.remaining > 0) return std::nullopt;
  limiter_.forget(violations, network.text());
  Block fresh{network, clock_.wall() + policy.block_for,
              fmt::format("{} violations, the last of tier {}", policy.count, tier.name), "limits"};
  if (!block(fresh)) return std::nullopt;
  return fresh;
}

Result<Standing> LimitGate::check(std::string_view tier, const std::string& subject, std::uint32_t cost) {
  const Rules rules = current_rules();
  const Tier* found = rules.config->find(tier);
  if (found == nullptr) return fail(ErrorKind::NotFound, fmt::format("there is no tier \"{}\"", tier));
  Standing standing{found->name, subject, found->window, {}};
  standing.decision = limiter_.check(*found, "service:" + subject, cost);
  if (cost > 0) tally(tier, standing.decision.allowed);
  return standing;
}

Result<void> LimitGate::forget(std::string_view tier, const std::string& subject) {
  const Rules rules = current_rules();
  const Tier* found = rules.config->find(tier);
  if (found == nullptr) return fail(ErrorKind::NotFound, fmt::format("there is no tier \"{}\"", tier));
  limiter_.forget(*found, "service:" + subject);
  return {};
}

bool LimitGate::has_tier(std::string_view name) const {
  return current_rules().config->find(name) != nullptr;
}

std::optional<Block> LimitGate::find_block(const IpAddress& address) const {
  const WallTime now = clock_.wall();
  const MutexLock lock(blocks_mutex_);
  return blocks_.find(address, now);
}

Result<void> LimitGate::block(const Block& block) {
  const WallTime now = clock_.wall();
  const MutexLock lock(blocks_mutex_);
  Result<void> added = blocks_.add(block, now);
  if (added) blocks_added_.fetch_add(1);
  if (!added && added.error().kind == ErrorKind::Unavailable) blocks_refused_.fetch_add(1);
  return added;
}

bool LimitGate::unblock(const Cidr& network) {
  const MutexLock lock(blocks_mutex_);
  return blocks_.remove(network);
}

std::vector<Block> LimitGate::blocks() const {
  const WallTime now = clock_.wall();
  const MutexLock lock(blocks_mutex_);
  return blocks_.in_force(now);
}

std::size_t LimitGate::count_blocks() const {
  const WallTime now = clock_.wall();
  const MutexLock lock(blocks_mutex_);
  return blocks_.count_in_force(now);
}

GateCounts LimitGate::counts() const {
  GateCounts counts;
  counts.blocked_prefixes = count_blocks();
  counts.blocked_requests = blocked_requests_;
  counts.blocks_refused = blocks_refused_;
  const MutexLock lock(mutex_);
  for (const auto& [name, tally] : tallies_) counts.tiers[name] = {tally.allowed, tally.limited};
  return counts;
}

}  // namespace picket::authd
