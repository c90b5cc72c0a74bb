#include "authd/ratelimit/limit_collector.h"

namespace picket::authd {
namespace {

struct RedisState {
  bool is_up = false;
  std::uint64_t without = 0;
};

void write_gate(MetricWriter& writer, const GateCounts& counts) {
  FamilyWriter& decisions = writer.counter("authd_ratelimit_decisions_total", "Decisions of the rate limits.",
                                           {"tier", "decision"});
  for (const auto& [tier, tally] : counts.tiers) {
    decisions.sample({tier, "allowed"}, static_cast<double>(tally.allowed));
    decisions.sample({tier, "limited"}, static_cast<double>(tally.limited));
  }
  writer.gauge("authd_blocked_prefixes", "Networks that are blocked now.")
      .sample({}, static_cast<double>(counts.blocked_prefixes));
  writer.counter("authd_blocked_requests_total", "Requests refused because their network is blocked.")
      .sample({}, static_cast<double>(counts.blocked_requests));
  writer.counter("authd_blocks_refused_total", "Blocks that found no place in the full list.")
      .sample({}, static_cast<double>(counts.blocks_refused));
}

void write_memory(MetricWriter& writer, const MemoryLimiter::Counts& counts) {
  writer.gauge("authd_ratelimit_subjects", "Subjects whose use is remembered in this process.")
      .sample({}, static_cast<double>(counts.subjects));
  writer.counter("authd_ratelimit_full_total", "Newcomers who found the table of subjects full.")
      .sample({}, static_cast<double>(counts.full));
}

void write_redis(MetricWriter& writer, const RedisState& state) {
  writer.gauge("authd_ratelimit_redis_up", "1 if Redis answered the last time.")
      .sample({}, state.is_up ? 1 : 0);
  writer.counter("authd_ratelimit_without_redis_total", "Decisions made while Redis was away.")
      .sample({}, static_cast<double>(state.without));
}

}  // namespace

std::unique_ptr<Collection> LimitCollector::collect() {
  std::optional<RedisState> redis;
  if (redis_ != nullptr) redis = RedisState{redis_->is_up(), redis_->answered_without_redis()};
  return collect_once([gate = gate_.counts(), memory = memory_.counts(), redis](MetricWriter& writer) {
    write_gate(writer, gate);
    write_memory(writer, memory);
    if (redis) write_redis(writer, *redis);
  });
}

}  // namespace picket::authd
