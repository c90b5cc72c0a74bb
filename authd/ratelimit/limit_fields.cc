#include "authd/ratelimit/limit_fields.h"

#include <algorithm>

namespace picket::authd {
namespace {

/// Rounded up: one who waits that long is never a moment early.
std::int64_t whole_seconds(Duration duration) {
  return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace

void set_limit_fields(std::span<const Standing> standings, Headers& headers) {
  std::string policies, limits;
  Duration wait{};
  bool is_refused = false;
  for (const Standing& standing : standings) {
    const Decision& decision = standing.decision;
    const Duration until =
        std::min(standing.window, decision.allowed ? decision.reset_after : decision.retry_after);
    const std::string_view comma = policies.empty() ? "" : ", ";
    policies += fmt::format(R"({}"{}";q={};w={})", comma, standing.tier, decision.limit,
                            whole_seconds(standing.window));
    limits += fmt::format(R"({}"{}";r={};t={})", comma, standing.tier,
                          decision.allowed ? decision.remaining : 0, whole_seconds(until));
    if (decision.allowed) continue;
    is_refused = true;
    wait = std::max(wait, decision.retry_after);
  }
  if (standings.empty()) return;
  headers.set("RateLimit-Policy", policies);
  headers.set("RateLimit", limits);
  if (is_refused) headers.set("Retry-After", std::to_string(std::max<std::int64_t>(1, whole_seconds(wait))));
}

void set_block_fields(const Block& block, WallTime now, Headers& headers) {
  headers.set("Retry-After", std::to_string(std::max<std::int64_t>(1, whole_seconds(block.until - now))));
}

}  // namespace picket::authd
