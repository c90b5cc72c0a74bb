#include "authd/tokens/token_config.h"

namespace picket::authd {
namespace {

constexpr Duration kLeewayMax = std::chrono::seconds(60);
constexpr Duration kGraceMax = std::chrono::seconds(10);
constexpr Duration kAccessLifetimeMax = std::chrono::hours(24);

void check_bounds(MapReader& r, const TokenConfig& c) {
  if (c.access_lifetime < std::chrono::seconds(1) || c.access_lifetime > kAccessLifetimeMax) {
    r.problem("access_lifetime", "must be between 1s and 24h");
  }
  if (c.leeway > kLeewayMax) r.problem("leeway", "must be at most 60s");
  if (c.refresh.lifetime < c.access_lifetime) {
    r.problem("refresh_lifetime", "must not be shorter than access_lifetime");
  }
  if (c.refresh.grace > kGraceMax) r.problem("refresh_grace", "must be at most 10s");
  if (c.keys.active_for < 2 * c.keys.published_ahead) {
    r.problem("key_active_for", "must be at least twice key_published_ahead");
  }
}

}  // namespace

void read_yaml(MapReader& r, TokenConfig& c) {
  r.read("issuer", c.issuer);
  r.read("audience", c.audience);
  r.read_enum("algorithm", c.keys.algorithm,
              {{"EdDSA", Algorithm::EdDsa}, {"ES256", Algorithm::Es256}, {"RS256", Algorithm::Rs256}});
  r.read("access_lifetime", c.access_lifetime);
  r.read("leeway", c.leeway);
  r.read("cache_entries", c.cache_entries);
  r.read("key_active_for", c.keys.active_for);
  r.read("key_published_ahead", c.keys.published_ahead);
  r.read("refresh_lifetime", c.refresh.lifetime);
  r.read("refresh_grace", c.refresh.grace);
  if (c.audience.empty()) r.problem("audience", "must not be empty");
  check_bounds(r, c);
  c.keys.kept_after = c.access_lifetime + c.leeway;
}

}  // namespace picket::authd
