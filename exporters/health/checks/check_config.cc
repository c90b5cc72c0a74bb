#include "exporters/health/checks/check_config.h"

#include <algorithm>

namespace picket::health {

namespace {

constexpr Duration kMinInterval = std::chrono::seconds(1);
constexpr Duration kMaxInterval = std::chrono::hours(24 * 7);
constexpr std::size_t kMaxNameLength = 128;

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void read_name(MapReader& r, std::string_view key, std::string& out) {
  if (!r.read(key, out)) return;
  if (const auto value = r.at(key)) check_name(*value, out);
}

void read_duration(MapReader& r, std::string_view key, std::optional<Duration>& out) {
  Duration value{};
  if (!r.read(key, value)) return;
  if (value <= Duration::zero()) return r.problem(key, "must be more than 0");
  out = value;
}

void read_count(MapReader& r, std::string_view key, unsigned& out) {
  if (r.read(key, out) && (out < 1 || out > 1000)) r.problem(key, "must be between 1 and 1000");
}

/// What checks and heartbeats have in common.
void read_common(MapReader& r, CheckConfig& c) {
  if (!r.has("name")) r.require("name", c.name);
  read_name(r, "name", c.name);
  read_name(r, "group", c.group);
  r.read_enum("criticality", c.criticality,
              {{"critical", Criticality::Critical},
               {"important", Criticality::Important},
               {"minor", Criticality::Minor}});
  r.read("recommendation", c.recommendation);
  r.read("maintenance", c.maintenance);
}

void read_timing(MapReader& r, CheckConfig& c) {
  const bool interval_ok = r.read("interval", c.interval);
  if (interval_ok && (c.interval < kMinInterval || c.interval > kMaxInterval)) {
    r.problem("interval", "must be between 1s and 7d");
  }
  if (!r.read("timeout", c.timeout)) {
    if (!r.has("timeout")) c.timeout = std::min(c.timeout, c.interval);
    return;
  }
  if (c.timeout < std::chrono::milliseconds(1)) r.problem("timeout", "must be at least 1ms");
  if (c.timeout > c.interval) {
    r.problem("timeout",
              fmt::format("must not be longer than the interval ({})", format_duration(c.interval)));
  }
}

void read_policy(MapReader& r, StatePolicy& p, Duration timeout) {
  read_duration(r, "degraded_above", p.degraded_above);
  read_duration(r, "down_above", p.down_above);
  if (p.degraded_above && p.down_above && *p.degraded_above >= *p.down_above) {
    r.problem("degraded_above",
              fmt::format("must be less than down_above ({})", format_duration(*p.down_above)));
  }
  for (const auto& [key, value] :
       {std::pair{"degraded_above", p.degraded_above}, std::pair{"down_above", p.down_above}}) {
    if (value && *value > timeout) {
      r.problem(key, fmt::format("is never reached: the timeout is {}", format_duration(timeout)));
    }
  }
  read_count(r, "failures_before_down", p.failures_before_down);
  read_count(r, "successes_before_up", p.successes_before_up);
  r.read("flapping", p.flapping);
}

}  // namespace

std::string_view to_string(Criticality criticality) {
  switch (criticality) {
    case Criticality::Critical:
      return "critical";
    case Criticality::Important:
      return "important";
    case Criticality::Minor:
      return "minor";
  }
  return "";
}

void read_yaml(MapReader& r, Flapping& f) {
  if (r.read("changes", f.changes) && (f.changes == 1 || f.changes > 16)) {
    r.problem("changes", "must be 0 (off) or between 2 and 16");
  }
  if (r.read("within", f.within) && f.within <= Duration::zero()) r.problem("within", "must be more than 0");
}

void check_name(const ValueReader& value, std::string_view name) {
  if (name.empty()) return value.problem("must not be empty");
  if (name.size() > kMaxNameLength) return value.problem("must be at most 128 characters long");
  const auto fits = [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':'; };
  if (!is_alnum(name.front()) || !std::all_of(name.begin(), name.end(), fits)) {
    value.problem("must be letters, digits, '_', '-', '.' and ':', beginning with a letter or digit");
  }
}

CheckConfig read_check(const ValueReader& value, const ProberRegistry& probers) {
  CheckConfig c;
  MapReader r(value);
  read_common(r, c);
  read_timing(r, c);
  read_policy(r, c.policy, c.timeout);
  if (const auto prober = r.at("prober")) {
    c.prober = probers.read(*prober);
  } else {
    r.problem("", "prober: is missing");
  }
  r.finish();
  return c;
}

CheckConfig read_heartbeat(const ValueReader& value) {
  CheckConfig c;
  MapReader r(value);
  read_common(r, c);
  HeartbeatConfig heartbeat;
  if (r.read("ttl", heartbeat.ttl) && (heartbeat.ttl < kMinInterval || heartbeat.ttl > kMaxInterval)) {
    r.problem("ttl", "must be between 1s and 7d");
  }
  r.read_secret("token", heartbeat.token);
  c.interval = heartbeat.ttl;
  c.heartbeat = std::move(heartbeat);
  r.finish();
  return c;
}

}  // namespace picket::health
