#include "alertd/dispatch/dispatcher.h"

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

bool has_changes(const GroupResult& result) {
  for (const RuleResult& rule : result.rules) {
    if (rule.rule == nullptr || !rule.transition.send.empty() || rule.transition.next.needs_saving())
      return true;
  }
  return false;
}

/// The first failure of `write` over the elements.
template <class Range, class Write>
Result<void> each(const Range& range, const Write& write) {
  for (const auto& element : range) {
    if (Result<void> done = write(element); !done) return done;
  }
  return {};
}

Result<void> write_rule(sql::Session& session, const RuleResult& rule) {
  if (rule.rule == nullptr) return RuleStateStore::remove(session, rule.as.key);
  return RuleStateStore::save(session, rule.as, rule.transition.next);
}

}  // namespace

Dispatcher::Dispatcher(DispatchParts parts) : parts_(std::move(parts)) {}

Dispatcher::~Dispatcher() {
  stop();
}

Result<void> Dispatcher::restore(std::shared_ptr<const DispatchConfig> config) {
  const Result<DispatchState> state = DispatchStore::load(parts_.database);
  if (!state) return fail(state, "restoring alerts");
  const MutexLock lock(mutex_);
  config_ = std::move(config);
  book_.regroup(config_->tree, *state, parts_.scheduler.clock().wall());
  show_open();
  return {};
}

void Dispatcher::reload(std::shared_ptr<const DispatchConfig> config) {
  std::vector<std::string> gone;
  {
    const MutexLock lock(mutex_);
    config_ = std::move(config);
    gone = book_.regroup(config_->tree, book_.state(), parts_.scheduler.clock().wall());
    show_open();
  }
  for (const std::string& key : gone) {
    const Result<void> removed = DispatchStore::remove_group(parts_.database, key);
    if (!removed) store_failed("removing a group", removed.error());
  }
}

void Dispatcher::start() {
  timer_ = parts_.scheduler.every({.interval = std::chrono::seconds(1), .jitter = {}, .first = {}}, [this] {
    if (!parts_.pool.submit([this] { flush_due(); })) parts_.log.warn("no worker is free to flush groups");
  });
}

void Dispatcher::stop() {
  if (timer_) parts_.scheduler.cancel(*timer_);
  timer_.reset();
}

std::vector<Alert> Dispatcher::to_alerts(const GroupResult& result, const std::string& graph_url) const {
  std::vector<Alert> alerts;
  for (const RuleResult& rule : result.rules) {
    for (const ActiveAlert& active : rule.transition.send)
      alerts.push_back(to_alert(active, rule, result.time, graph_url));
  }
  return alerts;
}

Result<void> Dispatcher::apply(const GroupResult& result) {
  if (!has_changes(result)) return {};
  const std::shared_ptr<const DispatchConfig> config = this->config();
  const std::vector<Alert> alerts = to_alerts(result, config->graph_url);
  std::vector<Placement> new_groups;
  {
    const MutexLock lock(mutex_);
    for (const Alert& alert : alerts) {
      for (Placement& placement : place(config->tree, alert.labels)) {
        if (!book_.has_group(placement.group_key)) new_groups.push_back(std::move(placement));
      }
    }
  }
  Result<void> written = write(result, alerts, new_groups);
  if (!written) {
    store_failed("writing evaluated rules", written.error());
    return written;
  }
  {
    const MutexLock lock(mutex_);
    for (const Alert& alert : alerts) book_.put(alert, place(config_->tree, alert.labels), result.time);
    show_open();
  }
  flush_due();
  return {};
}

Result<void> Dispatcher::write(const GroupResult& result, const std::vector<Alert>& alerts,
                               const std::vector<Placement>& new_groups) {
  return parts_.database.transaction([&](sql::Session& session) {
    Result<void> done = each(result.rules, [&](const RuleResult& rule) { return write_rule(session, rule); });
    if (done) done = each(alerts, [&](const Alert& a) { return DispatchStore::put_alert(session, a); });
    if (!done) return done;
    return each(new_groups, [&](const Placement& group) {
      return DispatchStore::put_group(session, group.group_key, result.time + group.route->group_wait);
    });
  });
}

void Dispatcher::flush_due() {
  again_ = true;
  while (again_ && !flushing_.exchange(true)) {
    again_ = false;
    const Due due = take_due();
    bool queued = false;
    for (const FlushInput& input : due.inputs) queued = flush_group(*due.config, input) || queued;
    flushing_ = false;
    if (queued && parts_.on_queued) parts_.on_queued();
  }
}

Dispatcher::Due Dispatcher::take_due() {
  const Timestamp now = parts_.scheduler.clock().wall();
  const MutexLock lock(mutex_);
  Due due{.config = config_, .inputs = {}};
  if (config_ == nullptr) return due;
  std::vector<Alert> firing;
  if (!config_->inhibit_rules.empty()) firing = book_.firing();
  for (const std::string& key : book_.due(now)) {
    const OpenGroup& group = *book_.find(key);
    due.inputs.push_back({.group_key = key,
                          .route = group.route,
                          .group_labels = group.labels,
                          .alerts = book_.alerts_of(group),
                          .told = group.stored.told,
                          .all_firing = firing,
                          .now = now});
  }
  return due;
}

bool Dispatcher::flush_group(const DispatchConfig& config, const FlushInput& input) {
  const FlushOutput output = flush(config, input);
  for (const std::string& error : output.errors)
    parts_.log.error("notification cannot be rendered", {{"error", error}});
  parts_.metrics.render_failed(output.errors.size());
  parts_.metrics.suppressed(output.muted, !output.muted_by_time.empty());
  const Timestamp next_flush = input.now + input.route->group_interval;
  const Result<void> committed = commit(input, output, next_flush);
  if (!committed) {
    store_failed("putting notifications into the outbox", committed.error());
    return false;  // the group stays due
  }
  settle(input, output, next_flush);
  parts_.metrics.queued(output.deliveries.size());
  return !output.deliveries.empty();
}

std::vector<Alert> Dispatcher::held_nowhere_else(const FlushInput& input, const FlushOutput& output) const {
  std::vector<Alert> alerts;
  const MutexLock lock(mutex_);
  for (const Alert& alert : output.ended) {
    if (!book_.held_elsewhere(alert.fingerprint(), input.group_key)) alerts.push_back(alert);
  }
  return alerts;
}

Result<void> Dispatcher::commit(const FlushInput& input, const FlushOutput& output, Timestamp next_flush) {
  const std::vector<Alert> homeless = held_nowhere_else(input, output);
  return parts_.database.transaction([&](sql::Session& session) -> Result<void> {
    for (const NewDelivery& delivery : output.deliveries) {
      if (const Result<std::string> put = parts_.outbox.put(session, delivery); !put) return fail(put);
    }
    Result<void> done =
        each(homeless, [&](const Alert& alert) { return DispatchStore::remove_ended(session, alert); });
    if (!done) return done;
    if (output.ended.size() == input.alerts.size())
      return DispatchStore::remove_group(session, input.group_key);
    done = DispatchStore::put_group(session, input.group_key, next_flush);
    if (!done) return done;
    return each(output.told, [&](const auto& told) {
      return DispatchStore::put_told(session, input.group_key, told.first, told.second);
    });
  });
}

void Dispatcher::settle(const FlushInput& input, const FlushOutput& output, Timestamp next_flush) {
  const MutexLock lock(mutex_);
  book_.take_out(input.group_key, output.ended);
  OpenGroup* group = book_.find(input.group_key);
  if (group == nullptr) return;
  group->stored.next_flush = next_flush;
  for (const auto& [integration, told] : output.told) group->stored.told[integration] = told;
  if (group->alerts.empty()) book_.erase_group(input.group_key);
  show_open();
}

std::shared_ptr<const DispatchConfig> Dispatcher::config() const {
  const MutexLock lock(mutex_);
  return config_;
}

std::vector<Alert> Dispatcher::alerts() const {
  const MutexLock lock(mutex_);
  return book_.all();
}

std::vector<Dispatcher::GroupStatus> Dispatcher::groups() const {
  const MutexLock lock(mutex_);
  std::vector<GroupStatus> groups;
  for (const auto& [key, group] : book_.groups()) {
    groups.push_back({.key = key,
                      .receiver = group.route->receiver,
                      .labels = group.labels,
                      .alerts = book_.alerts_of(group),
                      .next_flush = group.stored.next_flush});
  }
  return groups;
}

void Dispatcher::store_failed(std::string_view doing, const Error& error) {
  parts_.metrics.store_failed();
  parts_.log.error("alert store is not available", {{"doing", doing}, {"error", error}});
}

void Dispatcher::show_open() {
  parts_.metrics.open(book_.firing().size(), book_.groups().size());
}

}  // namespace picket::alertd
