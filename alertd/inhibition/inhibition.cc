#include "alertd/inhibition/inhibition.h"

#include <fmt/format.h>

namespace picket::alertd {
namespace {

/// The values of the `equal` labels, each with its length before it.
std::string equal_values(const InhibitRule& rule, const Labels& labels) {
  std::string values;
  for (const std::string& name : rule.equal) {
    const std::string& value = labels.get(name);
    values += fmt::format("{}:{}", value.size(), value);
  }
  return values;
}

}  // namespace

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
    const InhibitRule& rule = rules[i];
    for (const Alert& alert : firing) {
      if (alert.resolved() || !matches_all(rule.source, alert.labels)) continue;
      Sources& sources = sources_[i][equal_values(rule, alert.labels)];
      std::optional<Labels>& slot =
          matches_all(rule.target, alert.labels) ? sources.both : sources.source_only;
      if (!slot) slot = alert.labels;
    }
  }
}

std::optional<MuteReason> Inhibition::mutes(const Alert& alert, Timestamp /*now*/) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const InhibitRule& rule = rules_[i];
    if (!matches_all(rule.target, alert.labels)) continue;
    const auto found = sources_[i].find(equal_values(rule, alert.labels));
    if (found == sources_[i].end()) continue;
    const Sources& sources = found->second;
    if (sources.source_only) return MuteReason{"inhibited", sources.source_only->to_string()};
    if (sources.both && !matches_all(rule.source, alert.labels))
      return MuteReason{"inhibited", sources.both->to_string()};
  }
  return std::nullopt;
}

}  // namespace picket::alertd
