// What the page at / says: what fires and who was told, what stands in the way, the last deliveries.
// Collected from what the API shows; never more than a page can hold. Never waits for a datasource.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alertd/dispatch/overview.h"
#include "alertd/outbox/outbox.h"
#include "alertd/rules/rule_scheduler.h"

namespace picket::alertd {

struct AlertPageSources {
  std::function<std::vector<GroupStatus>()> rules;
  std::function<AlertsOverview(std::size_t)> overview;
  std::function<std::shared_ptr<Outbox>()> outbox;  ///< null while the database is not open
  std::function<std::string()> trouble;             ///< why nothing can be told now, or ""
};

/// A rule that cannot be evaluated.
struct FailingRule {
  std::string group, name, error;
  Timestamp last_evaluation{};  ///< kNever: not yet
};

/// An alert whose `for` has not passed.
struct PendingAlert {
  Labels labels;
  Timestamp since{};
  Duration hold{};  ///< the rule's `for`
};

struct AlertView {
  Timestamp now{};
  std::string trouble{};
  AlertsOverview overview{};
  std::size_t rules = 0, failing_total = 0, pending_total = 0;
  std::vector<FailingRule> failing{};
  std::vector<PendingAlert> pending{};  ///< those that will fire first
  std::string ledger_trouble{};         ///< why deliveries cannot be shown, or ""
  std::vector<Delivery> last{};         ///< newest first
  std::vector<Delivery> waiting{};      ///< tried, and not accepted yet
  /// Refused for good or too old within a day, and nothing was delivered there since: the last of a group to
  /// a target.
  std::vector<Delivery> failed{};
  std::vector<Outbox::Depth> depths{};  ///< what waits, by integration
};

AlertView alert_view(const AlertPageSources& sources, Timestamp now);

}  // namespace picket::alertd
