#include "authd/ratelimit/limit_gate.h"

#include <algorithm>

#include "authd/address/address_prefix.h"

namespace picket::authd {
namespace {

constexpr std::string_view kViolations = "violations";
constexpr std::uint32_t kSharedWeight = 10;
constexpr std::uint32_t kLimitMax = 1'000'000;

bool is_exempt(const RateLimitConfig& config, const Caller& caller) {
  const auto is_below_it = [&](const std::string& top) { return is_below(caller.path, top); };
  const auto holds = [&](const Cidr& network) { return network.contains(caller.address); };
  return !config.enabled || std::ranges::any_of(config.excluded_paths, is_below_it) ||
         std::ranges::any_of(config.allowed_networks, holds);
}

bool applies(const Tier& tier, const Caller& caller) {
  if (tier.use != caller.use) return false;
  const bool is_stranger = caller.user.empty();
  if (tier.audience == TierAudience::Anonymous && !is_stranger) return false;
  if (tier.audience == TierAudience::Authenticated && is_stranger) return false;
  return std::ranges::any_of(tier.paths, [&](const std::string& top) { return is_below(caller.path, top); });
}

/// A stranger is told by his network in the tiers of users, too.
std::string subject_of(const Tier& tier, const Caller& caller) {
  if (tier.name == caller.key_tier) return "key:" + caller.key;
  if (tier.per == TierSubject::User && !caller.user.empty()) return "user:" + caller.user;
  return client_network(caller.address).text();
}

std::uint32_t times(std::uint32_t limit, std::uint32_t weight) {
  return std::min(limit * weight, kLimitMax);
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

/// What an administrator gave the user goes before the file, and the file before the tier.
std::uint32_t LimitGate::limit_of(const Rules& rules, const Tier& tier, const std::string& user) {
  auto own = find_limit(*rules.overrides, user, tier.name);
  if (!own) own = find_limit(rules.config->overrides, user, tier.name);
  return own.value_or(tier.limit);
}

Standing LimitGate::ask(const Rules& rules, const Tier& tier, const Caller& caller, std::uint32_t cost) {
  Standing standing{tier.name, subject_of(tier, caller), tier.window, {}};
  Tier wanted = tier;
  wanted.limit = limit_of(rules, tier, caller.user);
  const bool is_by_user = tier.per == TierSubject::User && !caller.user.empty();
  if (caller.is_shared && !is_by_user) wanted.limit = times(wanted.limit, kSharedWeight);
  standing.decision = limiter_.check(wanted, standing.subject, cost);
  return standing;
}

/// By path, in the order of the configuration; and the tier of an API key.
std::vector<const Tier*> LimitGate::tiers_of(const Rules& rules, const Caller& caller) const {
  std::vector<const Tier*> tiers;
  for (const Tier& tier : rules.config->tiers) {
    if (applies(tier, caller) || (!caller.key.empty() && tier.name == caller.key_tier))
      tiers.push_back(&tier);
  }
  return tiers;
}

GateAnswer LimitGate::walk(const Caller& caller, std::uint32_t cost, bool counts) {
  const Rules rules = current_rules();
  GateAnswer answer;
  if (is_exempt(*rules.config, caller)) {
    answer.admission = Admission::Exempt;
    return answer;
  }
  answer.block = block_on(caller);
  if (answer.block) answer.admission = Admission::Blocked;
  if (counts && (answer.block || cost == 0)) return answer;
  for (const Tier* tier : tiers_of(rules, caller)) {
    answer.standings.push_back(ask(rules, *tier, caller, cost));
    if (!counts) continue;
    const bool is_allowed = answer.standings.back().decision.allowed;
    tally(tier->name, is_allowed);
    if (is_allowed) continue;
    answer.admission = Admission::Limited;
    answer.block = note_violation(rules, caller, *tier);
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

/// A known device has its own count. Behind a proxy that the configuration forgot, addresses say nothing: the
/// account is counted, and the proxy with many.
std::vector<LimitGate::Count> LimitGate::counts_of(const SecretTry& attempt) {
  const Caller& caller = attempt.caller;
  if (!attempt.device.empty()) return {{"device:" + attempt.device, 1}};
  if (caller.is_shared)
    return {{"account:" + attempt.account, 1}, {client_network(caller.address).text(), kSharedWeight}};
  std::vector<Count> counts;
  for (const NetworkShare& share : failure_networks(caller.address))
    counts.push_back({share.network.text(), static_cast<std::uint32_t>(share.weight)});
  return counts;
}

GateAnswer LimitGate::begin_try(const SecretTry& attempt) {
  const Rules rules = current_rules();
  GateAnswer answer;
  const Tier* tier = rules.config->find(attempt.tier);
  if (tier == nullptr || is_exempt(*rules.config, attempt.caller)) {
    answer.admission = Admission::Exempt;
    return answer;
  }
  answer.block = block_on(attempt.caller);
  if (answer.block) {
    answer.admission = Admission::Blocked;
    blocked_requests_.fetch_add(1, std::memory_order_relaxed);
    return answer;
  }
  for (const Count& count : counts_of(attempt)) {
    Tier wanted = *tier;
    wanted.limit =
        times(attempt.device.empty() ? tier->limit : limit_of(rules, *tier, attempt.account), count.weight);
    answer.standings.push_back(
        {tier->name, count.subject, tier->window, limiter_.check(wanted, count.subject, 1)});
    if (answer.standings.back().decision.allowed) continue;
    give_back(answer);
    answer.admission = Admission::Limited;
    return answer;
  }
  tally(tier->name, true);
  return answer;
}

void LimitGate::give_back(const GateAnswer& tried) {
  for (const Standing& standing : tried.standings) {
    if (standing.decision.allowed) limiter_.give_back(Tier{.name = standing.tier}, standing.subject, 1);
  }
}

std::optional<Block> LimitGate::note_refusal(const SecretTry& attempt, const GateAnswer& refused) {
  if (refused.admission != Admission::Limited) return std::nullopt;
  const Rules rules = current_rules();
  tally(attempt.tier, false);
  const Tier* tier = rules.config->find(attempt.tier);
  return tier == nullptr ? std::nullopt : note_violation(rules, attempt.caller, *tier);
}

/// The violations of a client are a tier themselves: the one that takes the last unit blocks.
std::optional<Block> LimitGate::note_violation(const Rules& rules, const Caller& caller, const Tier& tier) {
  const ViolationPolicy& policy = rules.config->violations;
  if (!tier.guards_secrets || policy.count == 0 || caller.is_known || caller.is_shared) return std::nullopt;
  if (!policy.private_networks && is_private(caller.address)) return std::nullopt;
  const Cidr network = client_network(caller.address);
  const Tier violations{.name = std::string(kViolations), .limit = policy.count, .window = policy.within};
  const Decision decision = limiter_.check(violations, network.text(), 1);
  if (!decision.allowed || decision.remaining > 0) return std::nullopt;
  limiter_.forget(violations, network.text());
  Block fresh{network, clock_.wall() + policy.block_for,
              fmt::format("{} violations, the last of tier {}", policy.count, tier.name),
              std::string(kBlockedByLimits)};
  if (!block(fresh)) return std::nullopt;
  return fresh;
}

Standing LimitGate::ask_service(const Rules& rules, const Tier& tier, const ServiceQuestion& question) {
  Standing standing{tier.name, question.subject, tier.window, {}};
  Tier wanted = tier;
  wanted.limit = limit_of(rules, tier, question.user);
  standing.decision = limiter_.check(wanted, "service:" + question.subject, question.cost);
  if (question.cost > 0) tally(tier.name, standing.decision.allowed);
  return standing;
}

Result<Standing> LimitGate::check(const ServiceQuestion& question) {
  const Rules rules = current_rules();
  const Tier* tier = rules.config->find(question.tier);
  if (tier == nullptr)
    return fail(ErrorKind::NotFound, fmt::format("there is no tier \"{}\"", question.tier));
  Standing standing = ask_service(rules, *tier, question);
  if (question.cost == 0) return narrowest(rules, *tier, question, std::move(standing));
  const Tier* of_key = rules.config->find(question.key_tier);
  if (!standing.decision.allowed || of_key == nullptr || of_key == tier) return standing;
  Standing narrower = ask_service(rules, *of_key, question);
  if (!narrower.decision.allowed) {
    if (question.cost > 0) limiter_.give_back(*tier, "service:" + question.subject, question.cost);
    return narrower;
  }
  return narrower.decision.remaining < standing.decision.remaining ? narrower : standing;
}

Result<void> LimitGate::forget(std::string_view tier, const std::string& subject) {
  const Rules rules = current_rules();
  const Tier* found = rules.config->find(tier);
  if (found == nullptr) return fail(ErrorKind::NotFound, fmt::format("there is no tier \"{}\"", tier));
  limiter_.forget(*found, "service:" + subject);
  for (const Count& count : own_counts_of(*found, subject)) limiter_.forget(*found, count.subject);
  return {};
}

void LimitGate::forget_tries(const std::string& subject) {
  const Rules rules = current_rules();
  for (const Tier& tier : rules.config->tiers) {
    if (tier.guards_secrets) limiter_.forget(tier, subject);
  }
  limiter_.forget(Tier{.name = std::string(kViolations)}, subject);
}

/// Under which names this gate counts what somebody calls so.
std::vector<LimitGate::Count> LimitGate::own_counts_of(const Tier& tier, const std::string& subject) {
  constexpr std::array<std::string_view, 4> kOwn{"user:", "key:", "device:", "account:"};
  if (std::ranges::any_of(kOwn, [&](std::string_view own) { return subject.starts_with(own); }))
    return {{subject, 1}};
  const Result<Cidr> network = Cidr::parse(subject);
  if (!network) return {};
  const bool is_address = subject.find('/') == std::string::npos;
  std::vector<Count> counts;
  for (const NetworkShare& share : failure_networks(network->network)) {
    const bool is_meant = is_address || share.network.text() == BlockList::normal(*network).text();
    const bool is_counted =
        tier.use == TierUse::Failures || share.network.text() == client_network(network->network).text();
    if (is_meant && is_counted)
      counts.push_back({share.network.text(), static_cast<std::uint32_t>(share.weight)});
  }
  return counts;
}

Standing LimitGate::narrowest(const Rules& rules, const Tier& tier, const ServiceQuestion& question,
                              Standing standing) {
  // Where services have counted nothing of it, this gate's own counts are what is asked for.
  bool is_untouched = standing.decision.remaining == standing.decision.limit;
  for (const Count& count : own_counts_of(tier, question.subject)) {
    Tier wanted = tier;
    wanted.limit = times(limit_of(rules, tier, question.user), count.weight);
    Standing own{tier.name, count.subject, tier.window, limiter_.check(wanted, count.subject, 0)};
    if (is_untouched || own.decision.remaining < standing.decision.remaining) standing = std::move(own);
    is_untouched = false;
  }
  return standing;
}

bool LimitGate::has_tier(std::string_view name) const {
  return current_rules().config->find(name) != nullptr;
}

std::optional<Block> LimitGate::block_on(const Caller& caller) const {
  const WallTime now = clock_.wall();
  const MutexLock lock(blocks_mutex_);
  return blocks_.find(caller.address, now, caller.is_known);
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
