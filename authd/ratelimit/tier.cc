#include "authd/ratelimit/tier.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr std::uint32_t kLimitMax = 10'000;
constexpr Duration kWindowMax = std::chrono::hours(24);

}  // namespace

void read_yaml(MapReader& r, Tier& tier) {
  r.read("limit", tier.limit);
  r.read("window", tier.window);
  r.read_enum("per", tier.per, {{"address", TierSubject::Address}, {"user", TierSubject::User}});
  r.read_enum("for", tier.audience,
              {{"anyone", TierAudience::Anyone},
               {"anonymous", TierAudience::Anonymous},
               {"authenticated", TierAudience::Authenticated}});
  r.read("paths", tier.paths);
  r.read_enum("use", tier.use,
              {{"requests", TierUse::Requests},
               {"forward_auth", TierUse::ForwardAuth},
               {"failures", TierUse::Failures}});
  r.read("guards_secrets", tier.guards_secrets);
  if (tier.limit < 1 || tier.limit > kLimitMax) r.problem("limit", "must be between 1 and 10000");
  if (tier.window < std::chrono::seconds(1) || tier.window > kWindowMax) {
    r.problem("window", "must be between 1s and 24h");
  }
  const auto is_path = [](const std::string& path) { return path.starts_with('/'); };
  if (!std::ranges::all_of(tier.paths, is_path)) r.problem("paths", "must begin with /");
}

bool is_below(std::string_view path, std::string_view top) {
  while (top.ends_with('/')) top.remove_suffix(1);
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

}  // namespace picket::authd
