#include "alertd/dispatch/rule_alerts.h"

#include "alertd/rules/rule_state_store.h"
#include "base/text/escape.h"

namespace picket::alertd {
namespace {

Alert to_alert(const ActiveAlert& active, const RuleResult& rule, Timestamp now,
               const std::string& graph_url) {
  const std::string expr = rule.rule != nullptr ? rule.rule->expr : "";
  return {.labels = active.sent_labels(),
          .annotations = active.annotations,
          .starts_at = active.fired_at,
          .ends_at = active.resolved_at,
          .updated_at = now,
          .generator_url = fmt::format("{}/graph?g0.expr={}&g0.tab=1", graph_url, percent_encode(expr))};
}

}  // namespace

bool has_changes(const GroupResult& result) {
  for (const RuleResult& rule : result.rules) {
    if (rule.rule == nullptr || !rule.transition.send.empty() || rule.transition.next.needs_saving())
      return true;
  }
  return false;
}

std::vector<Alert> alerts_of(const GroupResult& result, const std::string& graph_url) {
  std::vector<Alert> alerts;
  for (const RuleResult& rule : result.rules) {
    for (const ActiveAlert& active : rule.transition.send)
      alerts.push_back(to_alert(active, rule, result.time, graph_url));
  }
  return alerts;
}

Result<void> write_rule(sql::Session& session, const RuleResult& rule) {
  if (rule.rule == nullptr) return RuleStateStore::remove(session, rule.as.key);
  return RuleStateStore::save(session, rule.as, rule.transition.next);
}

}  // namespace picket::alertd
