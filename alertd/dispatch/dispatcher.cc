#include "alertd/dispatch/dispatcher.h"

#include <algorithm>
#include <span>
#include <utility>

#include "alertd/dispatch/flush_commit.h"
#include "alertd/dispatch/rule_alerts.h"
#include "base/exec/flag_reset.h"

namespace picket::alertd {
namespace {

/// The first failure of `write` over the elements.
template <class Range, class Write>
Result<void> each(Range&& range, const Write& write) {
  for (auto& element : range) {
    if (Result<void> done = write(element); !done) return done;
  }
  return {};
}

}  // namespace

Dispatcher::Dispatcher(DispatchParts parts)
    : parts_(std::move(parts)), clock_steps_(parts_.scheduler.clock()) {}

Dispatcher::~Dispatcher() {
  stop();
}

Result<void> Dispatcher::restore(const DispatchConfig& config) {
  DispatchConfig named = config;
  std::vector<std::string> gone;
  const Result<DispatchState> state = DispatchStore::load(parts_.database);
  if (!state) return fail(state, "restoring alerts");
  const Result<std::vector<KnownIntegration>> known = DispatchStore::integrations(parts_.database);
  if (!known) return fail(known, "restoring integrations");
  integrations_ = assign_ids(*known, named.receivers);
  {
    const MutexLock lock(mutex_);
    config_ = std::make_shared<const DispatchConfig>(std::move(named));
    gone = open_.regroup(config_->tree, *state, parts_.scheduler.clock().wall());
    show_open();
  }
  const Result<void> stored = parts_.database.transaction([&](sql::Session& session) {
    Result<void> done = DispatchStore::put_integrations(session, integrations_);
    if (!done) return done;
    return each(gone, [&](const std::string& key) { return remove_rerouted(session, parts_.outbox, key); });
  });
  if (!stored) return fail(stored, "restoring alerts");
  return {};
}

void Dispatcher::reload(std::shared_ptr<const DispatchConfig> config) {
  {
    const MutexLock lock(mutex_);
    next_config_ = std::move(config);
  }
  ask_for_flush();
}

void Dispatcher::take_reload() {
  std::shared_ptr<const DispatchConfig> next;
  {
    const MutexLock lock(mutex_);
    next = std::exchange(next_config_, nullptr);
  }
  if (next == nullptr) return;
  DispatchConfig named = *next;
  const std::vector<KnownIntegration> integrations = assign_ids(integrations_, named.receivers);
  std::vector<std::string> gone;
  const Result<void> stored = parts_.database.transaction(
      [&](sql::Session& session) { return DispatchStore::put_integrations(session, integrations); });
  {
    const MutexLock lock(mutex_);
    if (!stored) {
      if (next_config_ == nullptr) next_config_ = std::move(next);  // with the next round
    } else {
      integrations_ = integrations;
      config_ = std::make_shared<const DispatchConfig>(std::move(named));
      gone = open_.regroup(config_->tree, open_.state(), parts_.scheduler.clock().wall());
      show_open();
    }
  }
  if (!stored) return store_failed("storing the integrations of a new configuration", stored.error());
  const Result<void> removed = parts_.database.transaction([&](sql::Session& session) {
    return each(gone, [&](const std::string& key) { return remove_rerouted(session, parts_.outbox, key); });
  });
  if (!removed) store_failed("removing groups", removed.error());  // at the next start
}

void Dispatcher::start() {
  timer_ = parts_.scheduler.every({.interval = std::chrono::seconds(1), .jitter = {}, .first = {}},
                                  [this] { ask_for_flush(); });
}

void Dispatcher::stop() {
  if (timer_) parts_.scheduler.cancel(*timer_);
  timer_.reset();
}

void Dispatcher::ask_for_flush() {
  if (asked_.exchange(true)) return;
  const bool taken = parts_.run([this] {
    asked_ = false;
    flush_due();
  });
  if (!taken) asked_ = false;
}

Result<void> Dispatcher::apply(const GroupResult& result) {
  if (!has_changes(result)) return {};
  const std::shared_ptr<const DispatchConfig> config = this->config();
  std::vector<Alert> alerts = alerts_of(result, config->graph_url);
  std::vector<Placement> new_groups;
  {
    const MutexLock lock(mutex_);
    // Rules tell of an end for a while: nobody has to hear of one that is done with.
    std::erase_if(alerts, [&](const Alert& a) { return a.resolved() && !open_.holds(a.fingerprint()); });
    for (const Alert& alert : alerts) {
      for (Placement& placement : place(config->tree, alert.labels)) {
        if (!open_.has_group(placement.group_key)) new_groups.push_back(std::move(placement));
      }
    }
  }
  const Timestamp now = std::min(result.time, parts_.scheduler.clock().wall());
  Result<void> written = write(result, alerts, new_groups, now);
  if (!written) {
    store_failed("writing evaluated rules", written.error());
    return written;
  }
  store_works();
  {
    const MutexLock lock(mutex_);
    for (const Alert& alert : alerts) open_.put(alert, place(config_->tree, alert.labels), now);
    show_open();
  }
  ask_for_flush();
  return {};
}

Result<void> Dispatcher::write(const GroupResult& result, const std::vector<Alert>& alerts,
                               const std::vector<Placement>& new_groups, Timestamp now) {
  return parts_.database.transaction([&](sql::Session& session) {
    Result<void> done = each(result.rules, [&](const RuleResult& rule) { return write_rule(session, rule); });
    if (done) done = each(alerts, [&](const Alert& a) { return DispatchStore::put_alert(session, a); });
    if (!done) return done;
    return each(new_groups, [&](const Placement& group) {
      return DispatchStore::put_group(session, group.group_key, now + group.route->group_wait);
    });
  });
}

void Dispatcher::flush_due() {
  again_ = true;
  while (again_ && !flushing_.exchange(true)) {
    again_ = false;
    const FlagReset done(flushing_);  // also when something throws
    round();
  }
}

void Dispatcher::round() {
  take_reload();
  follow_clock();
  take_ended();
  std::vector<std::string> due;
  {
    const MutexLock lock(mutex_);
    if (config_ != nullptr) due = open_.due(parts_.scheduler.clock().wall());
  }
  const std::shared_ptr<const DispatchConfig> config = this->config();
  // Many at a time in one transaction, so that a flood of groups holds up nobody's page for long.
  constexpr std::size_t kBatch = 50;
  for (std::size_t first = 0; first < due.size(); first += kBatch) {
    const std::size_t size = std::min(kBatch, due.size() - first);
    std::vector<PreparedFlush> batch;
    for (const std::string& key : std::span(due).subspan(first, size)) prepare(config, key, batch);
    if (commit(batch) && parts_.on_queued) parts_.on_queued();
  }
}

void Dispatcher::prepare(const std::shared_ptr<const DispatchConfig>& config, const std::string& key,
                         std::vector<PreparedFlush>& batch) {
  try {
    if (doubtful_.contains(key) && !read_again(key)) return;
    std::optional<FlushInput> input = take(key);
    if (!input) return;
    std::uint64_t version = 0;
    {
      const MutexLock lock(mutex_);
      version = open_.version();
    }
    const auto firing = [this] {
      const MutexLock lock(mutex_);
      return open_.firing();
    };
    FlushOutput output = flush(*config, *input, muters_.of(config, version, firing));
    const Timestamp next_flush = input->now + input->route->group_interval;
    batch.push_back({std::move(*input), std::move(output), {}, next_flush});
  } catch (const std::exception& error) {  // the others go on
    parts_.metrics.flush_failed();
    parts_.log.error("a group cannot be flushed", {{"group", key}, {"error", error.what()}});
  }
}

bool Dispatcher::read_again(const std::string& key) {
  Result<StoredGroup> stored = DispatchStore::load_group(parts_.database, key);
  if (!stored) {
    store_failed("reading a group", stored.error());
    return false;
  }
  doubtful_.erase(key);
  const MutexLock lock(mutex_);
  open_.replace(key, std::move(*stored));
  return true;
}

void Dispatcher::follow_clock() {
  const Duration step = clock_steps_.look();
  unstored_step_ += step;
  if (unstored_step_ == Duration::zero()) return;
  {
    const MutexLock lock(mutex_);
    if (step != Duration::zero()) open_.shift(step, parts_.scheduler.clock().wall());
  }
  const Result<void> stored = parts_.database.transaction([&](sql::Session& session) {
    if (Result<void> shifted = DispatchStore::shift(session, unstored_step_); !shifted) return shifted;
    return parts_.outbox.shift(session, unstored_step_);
  });
  if (!stored) return store_failed("following a step of the clock", stored.error());
  unstored_step_ = Duration::zero();
}

Result<void> Dispatcher::store_end(sql::Session& session, const Delivery& delivery, bool told) {
  return DispatchStore::end_waiting(session, delivery.id, told);
}

void Dispatcher::ended(const Delivery& delivery, bool told) {
  const MutexLock lock(mutex_);
  ended_.push_back({.group_key = delivery.stored_group_key,
                    .integration = delivery.integration_id,
                    .target = delivery.target,
                    .delivery = delivery.id,
                    .told = told});
}

void Dispatcher::take_ended() {
  const MutexLock lock(mutex_);
  for (const Ended& end : std::exchange(ended_, {})) {
    OpenGroup* group = open_.find(end.group_key);
    if (group == nullptr) continue;
    const auto states = group->stored.targets.find(end.integration);
    if (states == group->stored.targets.end()) continue;
    const auto found = states->second.find(end.target);
    if (found == states->second.end()) continue;
    std::optional<WaitingNotification>& waiting = found->second.waiting;
    if (!waiting || waiting->delivery != end.delivery) continue;
    if (end.told) found->second.last = LastNotification{.firing = waiting->firing, .at = waiting->at};
    waiting.reset();
  }
}

std::optional<FlushInput> Dispatcher::take(const std::string& key) const {
  const Timestamp now = parts_.scheduler.clock().wall();
  const MutexLock lock(mutex_);
  const auto group = open_.groups().find(key);
  if (group == open_.groups().end()) return std::nullopt;
  return FlushInput{.group_key = key,
                    .route = group->second.route,
                    .group_labels = group->second.labels,
                    .alerts = open_.alerts_of(group->second),
                    .targets = group->second.stored.targets,
                    .now = now};
}

void Dispatcher::find_homeless(std::span<PreparedFlush> batch) const {
  std::map<Fingerprint, std::size_t> ended_in;
  const MutexLock lock(mutex_);
  for (PreparedFlush& prepared : batch) {
    prepared.homeless.clear();
    for (const Alert& alert : prepared.output.ended) {
      if (++ended_in[alert.fingerprint()] >= open_.holders(alert.fingerprint()))
        prepared.homeless.push_back(alert);
    }
  }
}

Result<void> Dispatcher::store(std::span<PreparedFlush> batch) {
  find_homeless(batch);
  return parts_.database.transaction([&](sql::Session& session) {
    return each(batch,
                [&](PreparedFlush& prepared) { return store_flush(session, parts_.outbox, prepared); });
  });
}

bool Dispatcher::commit(std::vector<PreparedFlush>& batch) {
  bool queued = false;
  if (store(batch)) {
    for (const PreparedFlush& prepared : batch) queued = settle(prepared) || queued;
    return queued;
  }
  for (PreparedFlush& prepared : batch) {  // each for itself: one that cannot holds up no other
    const Result<void> stored = store(std::span(&prepared, 1));
    if (stored) {
      queued = settle(prepared) || queued;
      continue;
    }
    // The group stays due; what the database has of it is looked at first.
    doubtful_.insert(prepared.input.group_key);
    parts_.metrics.flush_failed();
    if (stored.error().kind != ErrorKind::Conflict)
      store_failed("putting notifications into the outbox", stored.error());
  }
  return queued;
}

void Dispatcher::report(const FlushOutput& output) {
  for (const std::string& error : output.errors)
    parts_.log.error("template failed in a notification", {{"error", error}});
  parts_.metrics.render_failed(output.errors.size());
  const auto inhibited = output.muted.find("inhibited");
  parts_.metrics.suppressed(inhibited == output.muted.end() ? 0 : inhibited->second,
                            output.muted_route.has_value());
}

bool Dispatcher::settle(const PreparedFlush& prepared) {
  const auto& [input, output, homeless, next_flush] = prepared;
  report(output);
  std::size_t queued = 0, superseded = 0;
  for (const TargetChange& change : output.changes) {
    if (!change.message) continue;
    ++queued;
    if (!change.waiting.empty()) ++superseded;
  }
  parts_.metrics.queued(queued);
  parts_.metrics.superseded(superseded);
  store_works();
  const MutexLock lock(mutex_);
  open_.take_out(input.group_key, output.ended);
  OpenGroup* group = open_.find(input.group_key);
  if (group == nullptr) return queued > 0;
  open_.set_timer(input.group_key, next_flush);
  for (const auto& [integration, target] : output.gone) group->stored.targets[integration].erase(target);
  for (const TargetChange& change : output.changes)
    group->stored.targets[change.integration][change.target] = change.after;
  if (group->alerts.empty()) open_.erase_group(input.group_key);
  show_open();
  return queued > 0;
}

std::shared_ptr<const DispatchConfig> Dispatcher::config() const {
  const MutexLock lock(mutex_);
  return config_;
}

std::vector<Dispatcher::GroupStatus> Dispatcher::groups() const {
  const MutexLock lock(mutex_);
  std::vector<GroupStatus> groups;
  for (const auto& [key, group] : open_.groups()) {
    const Route& route = *group.route;
    groups.push_back({route.group_key(group.labels), route.receiver, group.labels, open_.alerts_of(group),
                      group.stored.next_flush});
  }
  return groups;
}

AlertsOverview Dispatcher::overview(std::size_t most) const {
  const auto [config, open] = [this] {
    const MutexLock lock(mutex_);
    return std::pair(config_, open_);  // sorted out without holding up a flush
  }();
  return config ? overview_of(open, *config, parts_.scheduler.clock().wall(), most) : AlertsOverview();
}

void Dispatcher::store_failed(std::string_view doing, const Error& error) {
  {
    const MutexLock lock(mutex_);
    store_trouble_ = fmt::format("{}: {}", doing, error.message);
  }
  parts_.metrics.store_failed();
  parts_.log.error("alert store is not available", {{"doing", doing}, {"error", error}});
}

void Dispatcher::store_works() {
  const MutexLock lock(mutex_);
  store_trouble_.clear();
}

std::string Dispatcher::store_trouble() const {
  const MutexLock lock(mutex_);
  return store_trouble_;
}

void Dispatcher::show_open() {
  parts_.metrics.open(open_.firing_count(), open_.groups().size());
}

}  // namespace picket::alertd
