#include "alertd/inhibition/inhibition.h"

#include <algorithm>

namespace picket::alertd {

void read_yaml(MapReader& r, InhibitRule& c) {
  r.read("name", c.name);
  read_matchers(r, "source_matchers", c.source);
  read_map_matchers(r, "source_match", MatchOp::Equal, c.source);
  read_map_matchers(r, "source_match_re", MatchOp::Regex, c.source);
  read_matchers(r, "target_matchers", c.target);
  read_map_matchers(r, "target_match", MatchOp::Equal, c.target);
  read_map_matchers(r, "target_match_re", MatchOp::Regex, c.target);
  if (r.read("equal", c.equal)) check_label_names(r, "equal", c.equal);
  if (c.source.empty()) r.problem("", "source_matchers is required");
  if (c.target.empty()) r.problem("", "target_matchers is required");
}

Inhibition::Inhibition(const std::vector<InhibitRule>& rules, const std::vector<Alert>& firing)
    : rules_(rules), sources_(rules.size()) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const Alert& alert : firing) {
      if (!alert.resolved() && matches_all(rules[i].source, alert.labels))
        sources_[i].push_back(alert.labels);
    }
  }
}

std::optional<MuteReason> Inhibition::mutes(const Alert& alert, Timestamp /*now*/) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const InhibitRule& rule = rules_[i];
    if (!matches_all(rule.target, alert.labels)) continue;
    const bool is_source_too = matches_all(rule.source, alert.labels);
    const auto inhibits = [&](const Labels& source) {
      if (source == alert.labels || (is_source_too && matches_all(rule.target, source))) return false;
      return std::ranges::all_of(
          rule.equal, [&](const std::string& name) { return source.get(name) == alert.labels.get(name); });
    };
    const auto source = std::ranges::find_if(sources_[i], inhibits);
    if (source != sources_[i].end()) return MuteReason{"inhibited", source->to_string()};
  }
  return std::nullopt;
}

}  // namespace picket::alertd
