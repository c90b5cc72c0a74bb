#include "authd/ratelimit/ratelimit_config.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr Duration kMinute = std::chrono::minutes(1);
constexpr Duration kHour = std::chrono::hours(1);
constexpr std::size_t kNameMax = 64;

bool is_tier_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, is_letter);
}

/// One under `tiers:` changes the default of its name, or is a new one.
void read_tier(const std::string& name, const ValueReader& value, std::vector<Tier>& tiers) {
  if (!is_tier_name(name)) return value.problem("a tier's name is of a-z, 0-9, ':', '_' and '-', at most 64");
  const auto found = std::ranges::find(tiers, name, &Tier::name);
  Tier tier = found == tiers.end() ? Tier{.name = name} : *found;
  if (!value.decode(tier)) return;
  if (found == tiers.end()) {
    tiers.push_back(std::move(tier));
  } else {
    *found = std::move(tier);
  }
}

struct TierMap {
  std::vector<Tier>& tiers;
};
void read_yaml(MapReader& r, TierMap& map) {
  for (const auto& [name, value] : r.rest()) read_tier(name, value, map.tiers);
}

void read_networks(MapReader& r, std::string_view key, std::vector<Cidr>& networks) {
  std::vector<std::string> texts;
  if (!r.read(key, texts)) return;
  networks.clear();
  for (const std::string& text : texts) {
    const auto network = Cidr::parse(text);
    if (!network) return r.problem(key, network.error().message);
    networks.push_back(*network);
  }
}

/// As authd/accounts/ids.h makes them.
bool is_id(std::string_view text) {
  constexpr std::size_t kUuid = 36;
  return text.size() == kUuid && std::ranges::count(text, '-') == 4 &&
         text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

void check_overrides(MapReader& r, const RateLimitConfig& c) {
  for (const auto& [user, limits] : c.overrides) {
    if (!is_id(user))
      r.problem("overrides",
                fmt::format("\"{}\" is not the id of a user: `authctl user show` tells it", user));
    for (const auto& [name, limit] : limits) {
      if (c.find(name) == nullptr) r.problem("overrides", fmt::format("there is no tier \"{}\"", name));
      if (limit < 1 || limit > 10'000) r.problem("overrides", "a limit is between 1 and 10000");
    }
  }
}

}  // namespace

std::vector<Tier> RateLimitConfig::default_tiers() {
  using enum TierSubject;
  using enum TierAudience;
  using enum TierUse;
  return {
      {"global", 100, kMinute, Address, Anonymous, {"/"}},
      {"api", 60, kMinute, Address, Anonymous, {"/api"}},
      {std::string(kAuthTier), 5, 15 * kMinute, Address, Anyone, {}, Failures, true},
      {std::string(kOauthTier), 20, 15 * kMinute, Address, Anyone, {}, Failures},
      {std::string(kRecoveryTier), 10, 15 * kMinute, Address, Anyone, {}, Failures},
      {"authenticated", 300, kMinute, User, Authenticated, {"/"}},
      {"forward-auth", 6000, kMinute, User, Authenticated, {"/"}, ForwardAuth},
      {"forward-auth:strangers", 600, kMinute, Address, Anonymous, {"/"}, ForwardAuth},
      {"payment", 10, kMinute, User, Anyone, {}},
      {"api-key", 20, kHour, User, Anyone, {}},
      {"owner:admin", 100, kMinute, User, Authenticated, {"/api/v1/admin"}},
      {"api:public", 20, kMinute, Address, Anyone, {}},
      {"api:authenticated", 60, kMinute, User, Anyone, {}},
      {"ai:query", 10, kMinute, User, Anyone, {}},
      {"email:send", 5, kMinute, User, Anyone, {}},
      {"export:data", 3, kMinute, User, Anyone, {}},
  };
}

const Tier* RateLimitConfig::find(std::string_view name) const {
  const auto found = std::ranges::find(tiers, name, &Tier::name);
  return found == tiers.end() ? nullptr : &*found;
}

void read_yaml(MapReader& r, ViolationPolicy& policy) {
  r.read("count", policy.count);
  r.read("within", policy.within);
  r.read("block_for", policy.block_for);
  r.read("private_networks", policy.private_networks);
  if (policy.count > 1000) r.problem("count", "must be at most 1000");
  if (policy.within < std::chrono::seconds(1) || policy.within > 24 * kHour) {
    r.problem("within", "must be between 1s and 24h");
  }
  if (policy.block_for < std::chrono::seconds(1)) r.problem("block_for", "must be at least 1s");
}

void read_yaml(MapReader& r, RateLimitConfig& c) {
  r.read("enabled", c.enabled);
  TierMap tiers{c.tiers};
  if (const auto value = r.at("tiers")) value->decode(tiers);
  r.read("excluded_paths", c.excluded_paths);
  read_networks(r, "allowed_networks", c.allowed_networks);
  r.read("overrides", c.overrides);
  r.read("violations", c.violations);
  r.read("subjects_max", c.subjects_max);
  r.read_enum("when_full", c.when_full, {{"allow", WhenFull::Allow}, {"deny", WhenFull::Deny}});
  r.read("blocks_max", c.blocks_max);
  r.read("redis", c.redis);
  r.read_enum("redis_down", c.redis_down,
              {{"memory", RedisDown::Memory}, {"allow", RedisDown::Allow}, {"deny", RedisDown::Deny}});
  const auto is_path = [](const std::string& path) { return path.starts_with('/'); };
  if (!std::ranges::all_of(c.excluded_paths, is_path)) r.problem("excluded_paths", "must begin with /");
  check_overrides(r, c);
}

}  // namespace picket::authd
