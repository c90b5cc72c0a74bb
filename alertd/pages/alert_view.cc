#include "alertd/pages/alert_view.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

namespace picket::alertd {
namespace {

constexpr std::size_t kAlertsShown = 100;
constexpr std::size_t kRowsShown = 20;  // of what is less urgent
constexpr int kDeliveriesRead = 100;
constexpr std::chrono::hours kFailuresShown{24};

void add_rule(const RuleGroup& group, const AlertingRule& rule, const RuleState& state, AlertView& view) {
  ++view.rules;
  if (state.health == RuleHealth::Bad) {
    ++view.failing_total;
    if (view.failing.size() < kRowsShown)
      view.failing.push_back({group.name, rule.name, state.last_error, state.last_evaluation});
  }
  for (const auto& [labels, alert] : state.alerts) {
    if (alert.state != AlertState::Pending) continue;
    view.pending.push_back({alert.labels, alert.active_at, rule.hold});
  }
}

void add_rules(const std::vector<GroupStatus>& groups, AlertView& view) {
  for (const GroupStatus& status : groups) {
    const std::size_t rules = std::min(status.group->rules.size(), status.states.size());
    for (std::size_t i = 0; i < rules; ++i)
      add_rule(*status.group, status.group->rules[i], *status.states[i], view);
  }
  view.pending_total = view.pending.size();
  const auto end =
      view.pending.begin() + static_cast<std::ptrdiff_t>(std::min(kRowsShown, view.pending.size()));
  std::ranges::partial_sort(view.pending, end, {},
                            [](const PendingAlert& alert) { return alert.since + alert.hold; });
  view.pending.erase(end, view.pending.end());
}

/// Adds the newest of a state ("": of any) to `out`. False when the database did not answer: then nothing
/// more is asked.
bool read(Outbox& outbox, std::string_view state, std::vector<Delivery>& out, AlertView& view) {
  DeliveryFilter filter;
  filter.state = state;
  filter.limit = state.empty() ? static_cast<int>(kRowsShown) : kDeliveriesRead;
  const Result<std::vector<Delivery>> deliveries = outbox.list(filter);
  if (!deliveries) view.ledger_trouble = deliveries.error().message;
  if (deliveries) out.insert(out.end(), deliveries->begin(), deliveries->end());
  return deliveries.has_value();
}

void cut(std::vector<Delivery>& deliveries) {
  deliveries.resize(std::min(deliveries.size(), kRowsShown));
}

/// Of each lane the last that ended, when it was not delivered.
void keep_what_fails(const std::vector<Delivery>& delivered, WallTime oldest, std::vector<Delivery>& failed) {
  using Lane = std::tuple<std::string, std::string, std::string>;
  const auto lane_of = [](const Delivery& d) { return Lane(d.integration_id, d.target, d.stored_group_key); };
  std::map<Lane, WallTime> last;
  const auto remember = [&](const Delivery& delivery) {
    WallTime& time = last[lane_of(delivery)];
    time = std::max(time, delivery.finished_at);
  };
  std::ranges::for_each(delivered, remember);
  std::ranges::for_each(failed, remember);
  std::erase_if(failed, [&](const Delivery& delivery) {
    return delivery.finished_at < oldest || delivery.finished_at != last[lane_of(delivery)];
  });
  std::ranges::sort(failed, std::greater(), &Delivery::finished_at);
}

void add_deliveries(Outbox& outbox, AlertView& view) {
  std::vector<Delivery> delivered;
  const bool is_read = read(outbox, "", view.last, view) && read(outbox, "pending", view.waiting, view) &&
                       read(outbox, "failed", view.failed, view) &&
                       read(outbox, "expired", view.failed, view) &&
                       read(outbox, "delivered", delivered, view);
  if (!is_read) return;
  std::erase_if(view.waiting, [](const Delivery& delivery) { return delivery.attempts == 0; });
  keep_what_fails(delivered, view.now - kFailuresShown, view.failed);
  cut(view.waiting);
  cut(view.failed);
  Result<std::vector<Outbox::Depth>> depths = outbox.depths();
  if (depths) view.depths = std::move(*depths);
}

}  // namespace

AlertView alert_view(const AlertPageSources& sources, Timestamp now) {
  AlertView view{.now = now, .trouble = sources.trouble()};
  view.overview = sources.overview(kAlertsShown);
  add_rules(sources.rules(), view);
  if (const std::shared_ptr<Outbox> outbox = sources.outbox()) add_deliveries(*outbox, view);
  return view;
}

}  // namespace picket::alertd
