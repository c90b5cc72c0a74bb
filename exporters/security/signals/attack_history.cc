#include "exporters/security/signals/attack_history.h"

namespace picket::security {

void AttackHistory::add(std::size_t category, bool is_accepted, Seconds now) {
  const Seconds number = now / kStep;
  Step& step = steps_.at(static_cast<std::size_t>(number) % kSteps);
  if (number < step.number) return;  // older than the hour
  if (number > step.number) step = {.number = number};
  Counts& counts = step.counts.at(category);
  ++counts.matched;
  if (is_accepted) ++counts.accepted;
}

AttackHistory::Hour AttackHistory::within(std::size_t category, Seconds now) const {
  Hour hour{};
  const Seconds last = now / kStep;
  for (std::size_t i = 0; i < kSteps; ++i) {
    const Seconds number = last - static_cast<Seconds>(kSteps - 1 - i);
    if (number < 0) continue;
    const Step& step = steps_.at(static_cast<std::size_t>(number) % kSteps);
    if (step.number == number) hour[i] = step.counts.at(category);
  }
  return hour;
}

/// [[number, {"xss": [matched, accepted], ...}], ...]: by name, since the list of categories grows.
nlohmann::json AttackHistory::to_json() const {
  nlohmann::json json = nlohmann::json::array();
  for (const Step& step : steps_) {
    nlohmann::json counts = nlohmann::json::object();
    for (const AttackClass kind : kAttackClasses) {
      const Counts& of = step.counts.at(category_of(kind));
      if (of.matched > 0) counts[std::string(to_string(kind))] = {of.matched, of.accepted};
    }
    json.push_back({step.number, std::move(counts)});
  }
  return json;
}

bool AttackHistory::restore(const nlohmann::json& json) {
  if (!json.is_array() || json.size() != kSteps) return false;
  std::array<Step, kSteps> steps{};
  for (std::size_t i = 0; i < kSteps; ++i) {
    if (!json[i].is_array() || json[i].size() != 2 || !json[i][1].is_object()) return false;
    if (!read_field(json[i][0], steps[i].number)) return false;
    for (const AttackClass kind : kAttackClasses) {
      const auto found = json[i][1].find(to_string(kind));
      Counts& of = steps[i].counts.at(category_of(kind));
      if (found != json[i][1].end() && !read_fields(*found, std::tie(of.matched, of.accepted))) return false;
    }
  }
  steps_ = steps;
  return true;
}

}  // namespace picket::security
