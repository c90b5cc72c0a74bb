#include "authd/config/restart.h"

namespace picket::authd {

std::vector<std::string> waits_for_restart(const AuthdConfig& started_with, const AuthdConfig& wanted) {
  std::vector<std::string> keys;
  const auto compare = [&](const char* key, bool is_same) {
    if (!is_same) keys.emplace_back(key);
  };
  const RateLimitConfig& before = started_with.ratelimit;
  const RateLimitConfig& after = wanted.ratelimit;
  compare("kdf", started_with.kdf == wanted.kdf);
  compare("tokens.cache_entries", started_with.tokens.cache_entries == wanted.tokens.cache_entries);
  compare("ratelimit.redis", before.redis == after.redis);
  compare("ratelimit.redis_down", before.redis_down == after.redis_down);
  compare("ratelimit.subjects_max", before.subjects_max == after.subjects_max);
  compare("ratelimit.when_full", before.when_full == after.when_full);
  compare("ratelimit.blocks_max", before.blocks_max == after.blocks_max);
  return keys;
}

}  // namespace picket::authd
