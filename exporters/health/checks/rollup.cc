#include "exporters/health/checks/rollup.h"

namespace picket::health {

namespace {

Overall weigh(const Rated& check) {
  const bool broken = check.state == State::Down || check.state == State::Degraded;
  if (check.criticality == Criticality::Minor) return Overall::Healthy;
  if (check.criticality == Criticality::Important) return broken ? Overall::Degraded : Overall::Healthy;
  if (check.state == State::Down) return Overall::Down;
  return broken || check.state == State::Unknown ? Overall::Degraded : Overall::Healthy;
}

}  // namespace

State group_state(std::span<const Rated> checks) {
  State critical = State::Operational;
  State all = State::Operational;
  bool any_critical = false;
  for (const Rated& check : checks) {
    all = worse(all, check.state);
    if (check.criticality != Criticality::Critical) continue;
    any_critical = true;
    critical = worse(critical, check.state);
  }
  if (checks.empty()) return State::Unknown;
  return any_critical ? critical : all;
}

std::string_view to_string(Overall overall) {
  switch (overall) {
    case Overall::Healthy:
      return "healthy";
    case Overall::Degraded:
      return "degraded";
    case Overall::Down:
      return "down";
  }
  return "";
}

Overall overall_state(std::span<const Rated> checks) {
  Overall worst = Overall::Healthy;
  for (const Rated& check : checks) {
    const Overall one = weigh(check);
    if (one > worst) worst = one;
  }
  return worst;
}

}  // namespace picket::health
