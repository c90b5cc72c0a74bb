#include "authd/sessions/session_config.h"

namespace picket::authd {
namespace {

constexpr Duration kShortest = std::chrono::seconds(1);
constexpr Duration kFreshMax = std::chrono::hours(1);
constexpr int kLiveMax = 1000;

/// A key for each role, so that a name that is none is found and the right one proposed.
struct ByRole {
  std::map<std::string, Duration>& durations;
};

void read_yaml(MapReader& r, ByRole& by_role) {
  for (const Role role : kRoles) {
    Duration duration{};
    if (!r.read(to_string(role), duration)) continue;
    if (duration < kShortest) r.problem(to_string(role), "must be at least 1s");
    by_role.durations[std::string(to_string(role))] = duration;
  }
}

}  // namespace

Duration SessionConfig::absolute_of(Role role) const {
  const auto found = absolute_by_role.find(std::string(to_string(role)));
  return found == absolute_by_role.end() ? absolute : found->second;
}

void read_yaml(MapReader& r, SessionConfig& c) {
  r.read("idle", c.idle);
  r.read("absolute", c.absolute);
  ByRole by_role{c.absolute_by_role};
  if (const auto value = r.at("absolute_by_role")) value->decode(by_role);
  r.read("fresh", c.fresh);
  r.read("live_max", c.live_max);
  if (c.idle < kShortest) r.problem("idle", "must be at least 1s");
  if (c.absolute < kShortest) r.problem("absolute", "must be at least 1s");
  if (c.fresh < kShortest || c.fresh > kFreshMax) r.problem("fresh", "must be between 1s and 1h");
  if (c.live_max < 1 || c.live_max > kLiveMax) r.problem("live_max", "must be between 1 and 1000");
}

}  // namespace picket::authd
