#include "authd/login/attempt_gate.h"

#include <algorithm>

namespace picket::authd {
namespace {

/// The deadline's clock may not be that of the condition variable: it is asked again at least so often.
constexpr Duration kLookAgain = std::chrono::milliseconds(100);

}  // namespace

/// Keeps the entry of an account while somebody is inside; handed on to the ticket.
class AttemptGate::Presence {
 public:
  Presence(AttemptGate& gate, const std::string& account) : gate_(gate), flights_(enter(gate, account)) {}
  ~Presence() {
    if (!stays_) leave();
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  Flights& flights() { return flights_->second; }
  Accounts::iterator hand_on() {
    stays_ = true;
    return flights_;
  }

 private:
  static Accounts::iterator enter(AttemptGate& gate, const std::string& account) {
    const MutexLock lock(gate.mutex_);
    const auto flights = gate.accounts_.try_emplace(account).first;
    ++flights->second.present;
    return flights;
  }
  void leave() {
    const MutexLock lock(gate_.mutex_);
    if (--flights_->second.present == 0) gate_.accounts_.erase(flights_);
  }

  AttemptGate& gate_;
  Accounts::iterator flights_;
  bool stays_ = false;
};

AttemptGate::AttemptGate(FailureStore& store, const Clock& clock, MetricRegistry& registry, LockPolicy policy)
    : counts_(store, clock, registry), clock_(clock), policy_(policy) {}

Result<AttemptGate::Admittance> AttemptGate::enter(const Claimant& claimant, const Patience& patience) {
  AttemptKeys keys = AttemptKeys::of(claimant);
  Presence presence(*this, claimant.account);
  for (;;) {
    // Whoever ends after this look makes what is read below old; then it is read again.
    const std::uint64_t settled = settled_of(presence.flights());
    const auto tallies = counts_.read(keys, policy());
    if (!tallies) return fail(tallies);
    const auto verdict = decide(presence.flights(), keys, *tallies, settled);
    if (!verdict) continue;
    if (*verdict == LockVerdict::Go)
      return Admittance{*verdict, Ticket(*this, presence.hand_on(), std::move(keys), *tallies)};
    if (*verdict != LockVerdict::Wait) return Admittance{*verdict, std::nullopt};
    if (!wait_for_change(presence.flights(), settled, patience))
      return fail(ErrorKind::Timeout, "too many attempts at this account are under way");
  }
}

Result<std::int64_t> AttemptGate::unlock(const std::string& account_id) {
  auto cleared = counts_.unlock(account_id);
  const MutexLock lock(mutex_);
  const auto flights = accounts_.find(account_id);
  if (flights != accounts_.end()) {
    ++flights->second.settled;
    flights->second.changed.notify_all();
  }
  return cleared;
}

void AttemptGate::reload(const LockPolicy& policy) {
  const MutexLock lock(mutex_);
  policy_ = policy;
}

/// Nothing when somebody ended since the tallies were read.
std::optional<LockVerdict> AttemptGate::decide(Flights& flights, const AttemptKeys& keys,
                                               const AttemptTallies& tallies, std::uint64_t settled) {
  const MutexLock lock(mutex_);
  if (flights.settled != settled) return std::nullopt;
  int& running = flights.running_by_bucket[keys.bucket];
  const Attempt attempt{.bucket = tallies.bucket,
                        .account = tallies.account,
                        .known_device = keys.known_device(),
                        .bucket_in_flight = running,
                        .account_in_flight = flights.running};
  const LockVerdict verdict = judge(policy_, attempt, clock_.wall()).verdict;
  if (verdict != LockVerdict::Go) return verdict;
  // The one that fails first takes the old lock's level away: nobody may count beside it.
  if (tallies.starts_over && running > 0) return LockVerdict::Wait;
  ++running;
  ++flights.running;
  return verdict;
}

bool AttemptGate::wait_for_change(Flights& flights, std::uint64_t settled, const Patience& patience)
    PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  while (flights.settled == settled) {
    if (patience.gone.stop_requested() || patience.deadline.passed(clock_)) return false;
    const Duration rest = std::min(patience.deadline.remaining(clock_), kLookAgain);
    flights.changed.wait_for(lock, patience.gone, rest, [&] { return flights.settled != settled; });
  }
  return true;
}

std::uint64_t AttemptGate::settled_of(const Flights& flights) {
  const MutexLock lock(mutex_);
  return flights.settled;
}

LockPolicy AttemptGate::policy() {
  const MutexLock lock(mutex_);
  return policy_;
}

void AttemptGate::settle(Accounts::iterator flights, const std::string& bucket) {
  const MutexLock lock(mutex_);
  Flights& all = flights->second;
  const auto running = all.running_by_bucket.find(bucket);
  if (--running->second == 0) all.running_by_bucket.erase(running);
  --all.running;
  ++all.settled;
  all.changed.notify_all();
  if (--all.present == 0) accounts_.erase(flights);
}

AttemptGate::Ticket::Ticket(Ticket&& other) noexcept
    : gate_(other.gate_), flights_(other.flights_), keys_(std::move(other.keys_)), tallies_(other.tallies_) {
  other.gate_ = nullptr;
}

AttemptGate::Ticket::~Ticket() {
  if (gate_ != nullptr) static_cast<void>(failed());
}

AttemptGate& AttemptGate::Ticket::take() {
  check(gate_ != nullptr, "an attempt ends once");
  AttemptGate& gate = *gate_;
  gate_ = nullptr;
  return gate;
}

Result<bool> AttemptGate::Ticket::failed() {
  AttemptGate& gate = take();
  auto counted = gate.counts_.add_failure(keys_, gate.policy(), tallies_.starts_over);
  gate.settle(flights_, keys_.bucket);
  return counted;
}

Result<void> AttemptGate::Ticket::succeeded() {
  AttemptGate& gate = take();
  auto forgiven = gate.counts_.forgive(keys_, tallies_);
  gate.settle(flights_, keys_.bucket);
  return forgiven;
}

void AttemptGate::Ticket::passed() {
  take().settle(flights_, keys_.bucket);
}

}  // namespace picket::authd
