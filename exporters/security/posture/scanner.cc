#include "exporters/security/posture/scanner.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "exporters/security/posture/judge.h"

namespace picket::security {

namespace {

constexpr std::size_t kMaxRunning = 2;
constexpr Duration kFirstSpread = std::chrono::seconds(30);
constexpr Duration kFirstRetry = std::chrono::minutes(1);

}  // namespace

Scanner::Scanner(Services services) : services_(std::move(services)) {}

Scanner::~Scanner() {
  stop();
}

void Scanner::take_up(FindingsByTarget open) {
  const MutexLock lock(mutex_);
  before_ = std::move(open);
}

void Scanner::apply(std::vector<ScanConfig> scans) {
  const MutexLock lock(mutex_);
  std::vector<TargetPtr> before = std::exchange(targets_, {});
  std::ranges::move(std::exchange(leaving_, {}), std::back_inserter(before));
  const MonoTime now = services_.scheduler.clock().mono();
  for (ScanConfig& scan : scans) {
    const auto same = [&scan](const TargetPtr& t) { return t->status.config->target == scan.target; };
    const auto known = std::ranges::find_if(before, same);
    const TargetPtr target = known == before.end() ? std::make_shared<Target>() : *known;
    if (known != before.end()) before.erase(known);
    target->removed = false;
    if (auto open = before_.extract(scan.target)) target->status.open = std::move(open.mapped());
    target->due = std::min(target->due, now + scan.interval);
    target->status.config = std::make_shared<const ScanConfig>(std::move(scan));
    targets_.push_back(target);
  }
  before_.clear();
  for (const TargetPtr& gone : before) {
    gone->removed = true;
    if (gone->running) leaving_.push_back(gone);
  }
  std::erase_if(waiting_, [](const TargetPtr& target) { return target->removed; });
  if (started_) arm();
}

void Scanner::start() {
  const MutexLock lock(mutex_);
  if (started_) return;
  started_ = true;
  arm();
}

void Scanner::stop() {
  std::optional<TimerId> timer;
  {
    const MutexLock lock(mutex_);
    started_ = false;
    waiting_.clear();
    for (const TargetPtr& target : targets_) target->waiting = false;
    timer = std::exchange(timer_, std::nullopt);
  }
  if (timer) services_.scheduler.cancel(*timer);
}

/// At a moment of the first 30 s by chance, which later scans keep: not all at once, and not in step with
/// other machines.
void Scanner::plan_first(Target& target, MonoTime now) {
  const Duration spread = std::min(kFirstSpread, target.status.config->interval);
  const auto chance = services_.random.below(static_cast<std::uint64_t>(spread.count()));
  target.due = now + Duration(static_cast<Duration::rep>(chance));
  target.planned = true;
}

/// What failed is tried again soon, then less and less often, up to the interval.
void Scanner::plan_retry(Target& target) {
  if (target.status.success) {
    target.retry = Duration::zero();
    return;
  }
  target.retry = target.retry == Duration::zero() ? kFirstRetry : target.retry * 2;
  target.retry = std::min(target.retry, target.status.config->interval);
  target.due = std::min(target.due, services_.scheduler.clock().mono() + target.retry);
  arm();
}

void Scanner::arm() {
  const MonoTime now = services_.scheduler.clock().mono();
  if (timer_) services_.scheduler.cancel(*timer_);
  timer_.reset();
  std::optional<MonoTime> first;
  for (const TargetPtr& target : targets_) {
    if (!target->planned) plan_first(*target, now);
    first = std::min(first.value_or(target->due), target->due);
  }
  if (!first) return;
  timer_ = services_.scheduler.at(*first, [self = weak_from_this()] {
    if (const auto scanner = self.lock()) scanner->on_due();
  });
}

void Scanner::on_due() {
  {
    const MutexLock lock(mutex_);
    if (!started_) return;
    const MonoTime now = services_.scheduler.clock().mono();
    for (const TargetPtr& target : targets_) {
      if (target->due > now) continue;
      // What was missed (a suspended machine) is not caught up.
      const Duration interval = target->status.config->interval;
      target->due += interval * ((now - target->due) / interval + 1);
      if (target->waiting || target->running) continue;
      target->waiting = true;
      waiting_.push_back(target);
    }
    arm();
  }
  start_waiting();
}

std::optional<Scanner::Start> Scanner::next_start() {
  if (!started_ || running_ >= kMaxRunning || waiting_.empty()) return std::nullopt;
  const TargetPtr target = waiting_.front();
  waiting_.pop_front();
  target->waiting = false;
  target->running = true;
  ++running_;
  return Start{target, target->status.config, services_.scheduler.clock().mono()};
}

void Scanner::start_waiting() {
  for (;;) {
    std::optional<Start> start;
    {
      const MutexLock lock(mutex_);
      start = next_start();
    }
    if (!start) return;
    const Deadline deadline{start->at + start->config->timeout};
    services_.collect(start->config, deadline,
                      [self = weak_from_this(), start = *start](const Result<Observation>& seen) {
                        if (const auto scanner = self.lock()) scanner->ended(start, seen);
                      });
  }
}

void Scanner::ended(const Start& start, const Result<Observation>& seen) {
  std::vector<SecurityEvent> events;
  FindingsByTarget open;
  {
    const MutexLock lock(mutex_);
    --running_;
    start.target->running = false;
    std::erase(leaving_, start.target);
    if (started_ && !start.target->removed) {
      events = keep(*start.target, start, seen);
      plan_retry(*start.target);
    }
    open = open_findings();
  }
  if (!seen)
    services_.log.warn("posture scan failed", {{"target", start.config->target}, {"error", seen.error()}});
  if (services_.save) services_.save(open);
  for (SecurityEvent& event : events) services_.sink(std::move(event));
  // Not started from here: a collector that answers at once would recurse.
  services_.scheduler.after(Duration::zero(), [self = weak_from_this()] {
    if (const auto scanner = self.lock()) scanner->start_waiting();
  });
}

std::vector<SecurityEvent> Scanner::keep(Target& target, const Start& start,
                                         const Result<Observation>& seen) {
  ScanStatus& status = target.status;
  status.scanned = true;
  status.success = seen.has_value();
  status.duration = services_.scheduler.clock().mono() - start.at;
  status.error = seen ? "" : seen.error().message;
  if (!seen) return {};
  const bool first = status.result == nullptr;
  status.result = std::make_shared<const ScanResult>(judge(*seen, *start.config));
  return finding_events(start.config->target, *status.result, first, status.open);
}

FindingsByTarget Scanner::open_findings() const {
  FindingsByTarget all;
  for (const TargetPtr& target : targets_) {
    if (!target->status.open.empty()) all.emplace(target->status.config->target, target->status.open);
  }
  return all;
}

std::shared_ptr<const PostureSnapshot> Scanner::snapshot() const {
  const MutexLock lock(mutex_);
  auto snapshot = std::make_shared<PostureSnapshot>();
  snapshot->targets.reserve(targets_.size());
  for (const TargetPtr& target : targets_) snapshot->targets.push_back(target->status);
  return snapshot;
}

}  // namespace picket::security
