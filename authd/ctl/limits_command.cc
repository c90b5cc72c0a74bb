#include "authd/ctl/limits_command.h"

#include <algorithm>

#include "authd/ratelimit/limit_gate.h"
#include "base/text/table.h"

namespace picket::authd {
namespace {

bool is_in_path(const Tier& tier, const std::string& path) {
  return std::ranges::any_of(tier.paths, [&](const std::string& top) { return is_below(path, top); });
}

/// Why a tier is not asked.
std::string reason_against(const Tier& tier, const Caller& caller) {
  if (tier.use == TierUse::Failures) return "counts failures, whatever path they come by";
  if (tier.use == TierUse::ForwardAuth) return "counts what proxies ask about the apps";
  if (tier.paths.empty()) return "only where a service asks for it by name";
  if (!is_in_path(tier, caller.path)) return fmt::format("{} is not below its paths", caller.path);
  if (tier.audience == TierAudience::Anonymous && !caller.user.empty()) return "for strangers";
  if (tier.audience == TierAudience::Authenticated && caller.user.empty())
    return "for users who are logged in";
  return "nobody to count";
}

std::string limit_text(std::uint32_t limit, Duration window) {
  return fmt::format("{} in {}", limit, format_duration(window));
}

std::string reason_for(const Tier& tier, const Caller& caller, const Standing& standing) {
  if (tier.limit != standing.decision.limit) {
    return fmt::format("the user's own limit; of the tier: {}", tier.limit);
  }
  const auto top =
      std::ranges::find_if(tier.paths, [&](const std::string& path) { return is_below(caller.path, path); });
  return top == tier.paths.end() ? "" : fmt::format("below {}", *top);
}

std::string text_of(const RateLimitConfig& config, const Caller& caller, const GateAnswer& answer) {
  TextTable table{{"TIER", "ASKED", "LIMIT", "COUNTED FOR", "WHY"}, {}};
  for (const Tier& tier : config.tiers) {
    const auto standing = std::ranges::find(answer.standings, tier.name, &Standing::tier);
    if (standing == answer.standings.end()) {
      table.rows.push_back(
          {tier.name, "no", limit_text(tier.limit, tier.window), "", reason_against(tier, caller)});
    } else {
      table.rows.push_back({tier.name, "yes", limit_text(standing->decision.limit, standing->window),
                            standing->subject, reason_for(tier, caller, *standing)});
    }
  }
  return format_table(table);
}

/// "" when the tiers decide.
std::string exemption(const RateLimitConfig& config, const Caller& caller) {
  if (!config.enabled) return "limits are off (ratelimit.enabled)";
  const auto holds = [&](const Cidr& network) { return network.contains(caller.address); };
  if (std::ranges::any_of(config.allowed_networks, holds))
    return "its network is in ratelimit.allowed_networks";
  return fmt::format("{} is in ratelimit.excluded_paths", caller.path);
}

void add_blocks(LimitGate& gate, const std::vector<StoredBlock>& blocks, Terminal& terminal) {
  for (const StoredBlock& stored : blocks) {
    const auto network = Cidr::parse(stored.prefix);
    const auto added =
        network ? gate.block({*network, stored.expires_at, stored.reason, stored.created_by, stored.sessions})
                : Result<void>();
    if (!network || !added) terminal.err << "passed over the block of " << stored.prefix << "\n";
  }
}

}  // namespace

Result<int> explain_limits(const RateLimitConfig& config, const LimitQuestion& question, Terminal& terminal) {
  const CtlArguments& args = question.args;
  const auto address = IpAddress::parse(args.ip);
  if (!address) return fail(address, "--ip");
  if (!args.path.starts_with('/')) return fail(ErrorKind::InvalidInput, "--path: must begin with /");
  const SystemClock clock;
  MemoryLimiter limiter(clock, 1);
  LimitGate gate(std::make_shared<const RateLimitConfig>(config), limiter, clock);
  add_blocks(gate, question.blocks, terminal);
  const Caller caller{address->unmapped(), question.user_id, args.path};
  const GateAnswer answer = gate.explain(caller);
  if (answer.admission == Admission::Blocked && answer.block) {
    terminal.out << "blocked: " << answer.block->network.text() << " by " << answer.block->source << " ("
                 << answer.block->reason << ")\n";
  } else if (answer.admission == Admission::Exempt) {
    terminal.out << "not limited: " << exemption(config, caller) << "\n";
  } else {
    terminal.out << text_of(config, caller, answer);
  }
  return kExitFine;
}

}  // namespace picket::authd
