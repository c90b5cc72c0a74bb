#include "alertd/rules/rule_group_runner.h"

#include <algorithm>

#include "alertd/rules/query_budget.h"
#include "alertd/rules/rule_state_store.h"
#include "alertd/rules/state_time.h"
#include "alertd/series/labels.h"

namespace picket::alertd {

namespace {

constexpr std::size_t kMaxBacklog = 10'000;
/// A smaller difference between the clocks is not followed until it has grown.
constexpr Duration kClockStep = std::chrono::seconds(1);
/// An evaluation that has had its thread for so long lets the other groups go first.
constexpr Duration kTurn = std::chrono::milliseconds(100);

Duration wall_offset(const Clock& clock) {
  return clock.wall().time_since_epoch() - clock.mono().time_since_epoch();
}

/// The group's own phase: the same after every restart, different from its neighbours'.
Duration phase_of(const RuleGroup& group) {
  const std::uint64_t hash = Labels({{"group", group.key}}).fingerprint().value;
  return Duration(static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(group.interval.count())));
}

}  // namespace

/// One evaluation of the whole group. It ends with its last task, also when that throws.
struct RuleGroupRunner::Evaluation {
  explicit Evaluation(std::shared_ptr<RuleGroupRunner> of) : runner(std::move(of)) {}
  ~Evaluation() { runner->finished(); }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  const std::shared_ptr<RuleGroupRunner> runner;
  MonoTime began{};
  std::vector<std::shared_ptr<const RuleState>> states;
  GroupResult result;
};

RuleGroupRunner::RuleGroupRunner(RuleServices services, std::shared_ptr<const RuleGroup> group,
                                 RuleSettings settings)
    : services_(services),
      group_(std::move(group)),
      settings_(std::move(settings)),
      label_(group_->label()) {}

void RuleGroupRunner::start(std::vector<StoredRule> rules) {
  services_.metrics.group_started(*group_);
  {
    const MutexLock lock(mutex_);
    wall_offset_ = wall_offset(services_.scheduler.clock());
    for (StoredRule& rule : rules) {
      stored_as_.push_back(std::move(rule.as));
      states_.push_back(std::make_shared<const RuleState>(std::move(rule.state)));
    }
  }
  backlog_.resize(group_->rules.size());
  show_alerts();
  schedule(first_slot());
}

void RuleGroupRunner::request_stop() {
  const MutexLock lock(mutex_);
  stopped_ = true;
}

bool RuleGroupRunner::is_stopped() const {
  const MutexLock lock(mutex_);
  return stopped_;
}

void RuleGroupRunner::stop() {
  std::optional<TimerId> timer;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    timer = std::exchange(timer_, std::nullopt);
  }
  if (timer) services_.scheduler.cancel(*timer);
  std::unique_lock<Mutex> lock(mutex_);
  idle_.wait(lock, [this] { return !storing_; });
}

void RuleGroupRunner::give_back(StoredRules& rules) {
  follow_wall_clock();
  const MutexLock lock(mutex_);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    rules.insert_or_assign(stored_as_[i].key, StoredRule{stored_as_[i], *states_[i]});
  }
}

GroupStatus RuleGroupRunner::status() const {
  const MutexLock lock(mutex_);
  return {group_, states_, last_evaluation_, evaluation_time_};
}

/// The first moment from now on that is a multiple of the interval plus the phase.
MonoTime RuleGroupRunner::first_slot() const {
  const MutexLock lock(mutex_);
  const Duration wall = services_.scheduler.clock().mono().time_since_epoch() + wall_offset_;
  const Duration phase = phase_of(*group_);
  const auto number = (wall - phase) / group_->interval;
  return MonoTime((number + 1) * group_->interval + phase - wall_offset_);
}

Timestamp RuleGroupRunner::wall_time(MonoTime slot) const {
  const MutexLock lock(mutex_);
  return Timestamp(slot.time_since_epoch() + wall_offset_);
}

void RuleGroupRunner::follow_wall_clock() {
  const Duration offset = wall_offset(services_.scheduler.clock());
  const MutexLock lock(mutex_);
  const Duration step = offset - wall_offset_;
  if (std::chrono::abs(step) < kClockStep) return;
  wall_offset_ = offset;
  for (std::shared_ptr<const RuleState>& state : states_) {
    RuleState moved = *state;
    rebase(moved, step);
    state = std::make_shared<const RuleState>(std::move(moved));
  }
}

void RuleGroupRunner::resume_restored(Timestamp now) {
  const MutexLock lock(mutex_);
  for (std::shared_ptr<const RuleState>& state : states_) {
    if (!state->restored) continue;
    RuleState resumed = *state;
    resume(resumed, now, group_->interval);
    resumed.restored = false;
    state = std::make_shared<const RuleState>(std::move(resumed));
  }
}

void RuleGroupRunner::schedule(MonoTime slot) {
  const MutexLock lock(mutex_);
  if (stopped_) return;
  timer_ = services_.scheduler.at(slot, [weak = weak_from_this(), slot] {
    if (const auto self = weak.lock()) self->tick(slot);
  });
}

/// A timer that comes late skips what has passed.
void RuleGroupRunner::tick(MonoTime slot) {
  const auto late = (services_.scheduler.clock().mono() - slot) / group_->interval;
  const MonoTime current = slot + late * group_->interval;
  auto missed = static_cast<std::uint64_t>(late);
  bool starts = false;
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    starts = !running_;
    running_ = true;
  }
  if (starts) {
    const auto evaluation = std::make_shared<Evaluation>(shared_from_this());
    starts =
        services_.workers.submit([evaluation, current] { evaluation->runner->begin(evaluation, current); });
  }
  missed += starts ? 0 : 1;
  if (missed > 0) count_missed(missed);
  schedule(current + group_->interval);
}

void RuleGroupRunner::count_missed(std::uint64_t ticks) {
  const MutexLock lock(mutex_);
  if (!stopped_) services_.metrics.missed(label_, ticks);
}

void RuleGroupRunner::finished() {
  const MutexLock lock(mutex_);
  running_ = false;
  storing_ = false;
  idle_.notify_all();
}

void RuleGroupRunner::begin(const std::shared_ptr<Evaluation>& evaluation, MonoTime slot) {
  follow_wall_clock();
  const Timestamp time = wall_time(slot);
  resume_restored(time);
  evaluation->began = services_.scheduler.clock().mono();
  evaluation->states = status().states;
  evaluation->result = {group_, time, {}};
  go_on(evaluation);
}

void RuleGroupRunner::go_on(const std::shared_ptr<Evaluation>& evaluation) {
  const Clock& clock = services_.scheduler.clock();
  const MonoTime turn_began = clock.mono();
  while (evaluation->result.rules.size() < group_->rules.size()) {
    if (clock.mono() - turn_began >= kTurn &&
        services_.workers.submit([evaluation] { evaluation->runner->go_on(evaluation); })) {
      return;
    }
    evaluate_next(*evaluation);
    if (is_stopped()) return;
  }
  store(*evaluation);
}

void RuleGroupRunner::evaluate_next(Evaluation& evaluation) {
  const Clock& clock = services_.scheduler.clock();
  const std::size_t i = evaluation.result.rules.size();
  const AlertingRule& rule = group_->rules[i];
  const MonoTime began = clock.mono();
  RuleTransition transition = evaluate_rule(rule, *evaluation.states[i], evaluation.result.time);
  transition.next.evaluation_time = clock.mono() - began;
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;  // its metrics may be gone
    services_.metrics.evaluated(label_, transition, transition.next.evaluation_time);
  }
  transition.changes.insert(transition.changes.begin(), backlog_[i].begin(), backlog_[i].end());
  evaluation.result.rules.push_back({&rule, stored_as_[i], std::move(transition)});
}

void RuleGroupRunner::store(Evaluation& evaluation) {
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    storing_ = true;  // until finished(): stop() waits
  }
  const auto stored = services_.sink.apply(evaluation.result);
  if (!stored) {
    services_.metrics.sink_failed();
    services_.log.error("evaluated rule group could not be stored",
                        {{"group", label_}, {"error", stored.error()}});
  }
  const Duration took = services_.scheduler.clock().mono() - evaluation.began;
  adopt(evaluation.result, stored.has_value(), took);
  services_.metrics.iterated(label_, evaluation.result.time, took);
  show_alerts();
}

RuleTransition RuleGroupRunner::evaluate_rule(const AlertingRule& rule, const RuleState& state,
                                              Timestamp slot) {
  EvaluationContext context;
  context.now = slot;
  context.interval = group_->interval;
  context.resend_delay = settings_.resend_delay;
  context.limit = group_->limit;
  context.partial_hold = settings_.partial_hold;
  context.external_labels = settings_.external_labels;
  QueryBudget templates(services_.engine, services_.scheduler.clock(), settings_.query_timeout);
  context.environment = {&templates, settings_.query_timeout, slot, settings_.external_url};
  const auto vector =
      services_.engine.instant({rule.expr, settings_.query_timeout}, slot - group_->query_offset);
  RuleTransition transition =
      vector ? evaluate(rule, state, *vector, context) : hold_state(state, vector.error(), context);
  if (const std::string& error = transition.next.last_error; !error.empty() && error != state.last_error) {
    services_.log.warn("rule evaluation failed", {{"group", label_}, {"alert", rule.name}, {"error", error}});
  }
  return transition;
}

/// What the sink has not taken stays dirty and unsent, so that the next evaluation offers it again.
void RuleGroupRunner::adopt(GroupResult& result, bool stored, Duration took) {
  std::vector<std::shared_ptr<const RuleState>> states;
  for (std::size_t i = 0; i < result.rules.size(); ++i) {
    RuleTransition& transition = result.rules[i].transition;
    if (stored) {
      mark_saved(transition.next);
      backlog_[i].clear();
    } else {
      for (const ActiveAlert& sent : transition.send)
        transition.next.alerts[sent.labels].last_sent_at = kNever;
      transition.changes.resize(std::min(transition.changes.size(), kMaxBacklog));
      backlog_[i] = std::move(transition.changes);
    }
    states.push_back(std::make_shared<const RuleState>(std::move(transition.next)));
  }
  const MutexLock lock(mutex_);
  states_ = std::move(states);
  last_evaluation_ = result.time;
  evaluation_time_ = took;
}

void RuleGroupRunner::show_alerts() const {
  std::size_t pending = 0;
  std::size_t firing = 0;
  for (const auto& state : status().states) {
    pending += state->count(AlertState::Pending);
    firing += state->count(AlertState::Firing);
  }
  services_.metrics.alerts(label_, pending, firing);
}

}  // namespace picket::alertd
