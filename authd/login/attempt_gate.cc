#include "authd/login/attempt_gate.h"

#include <algorithm>

namespace picket::authd {

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

AttemptGate::AttemptGate(const AttemptParts& parts, LockPolicy policy)
    : counts_(parts.store, parts.clock, parts.registry),
      limit_(parts.limit),
      clock_(parts.clock),
      log_(parts.log),
      policy_(policy) {}

Result<AttemptGate::Admittance> AttemptGate::enter(const Claimant& claimant, const Patience& patience) {
  auto tried = limit_.enter({.caller = {.address = claimant.address,
                                        .is_shared = claimant.is_shared,
                                        .is_known = claimant.has_session || !claimant.known_device.empty()},
                             .account = claimant.account,
                             .device = claimant.known_device},
                            patience);
  if (!tried) return fail(tried);
  if (!tried->pass) return Admittance{.turned_away = std::move(tried->answer)};
  auto entered = wait_for_turn(claimant, patience, *tried->pass);
  if (!entered) {
    tried->pass->passed();
  } else if (!entered->ticket) {
    tried->pass->failed();
  }
  return entered;
}

Result<AttemptGate::Admittance> AttemptGate::wait_for_turn(const Claimant& claimant, const Patience& patience,
                                                           TryLimit::Pass& pass) {
  const AttemptKeys keys = AttemptKeys::of(claimant);
  Presence presence(*this, claimant.account);
  for (;;) {
    // Whoever ends after this look makes what is read below old; then it is read again.
    const std::uint64_t settled = settled_of(presence.flights());
    const auto tallies = counts_.read(keys, policy());
    if (!tallies) return fail(tallies);
    const auto verdict = decide(presence.flights(), keys, *tallies, settled);
    if (!verdict) continue;
    if (*verdict == LockVerdict::Go)
      return Admittance{*verdict, Ticket(*this, {presence.hand_on(), claimant, *tallies, std::move(pass)}),
                        std::nullopt};
    if (*verdict == LockVerdict::Due) {
      if (const auto done = lock_due(claimant, keys, *tallies); !done) return fail(done);
      continue;
    }
    if (*verdict != LockVerdict::Wait) return Admittance{.verdict = *verdict};
    if (!wait_for_change(presence.flights(), settled, patience))
      return fail(ErrorKind::Timeout, "too many attempts at this account are under way");
  }
}

Result<void> AttemptGate::lock_due(const Claimant& claimant, const AttemptKeys& keys,
                                   const AttemptTallies& tallies) {
  const auto locked = counts_.lock_due(keys, policy(), tallies);
  if (!locked) return fail(locked);
  note_locks(claimant, *locked);
  return {};
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
  Attempt attempt{.buckets = {},
                  .account = tallies.account,
                  .account_in_flight = flights.running,
                  .known_device = keys.known_device()};
  bool must_be_alone = false;
  for (std::size_t i = 0; i < keys.buckets.size(); ++i) {
    const auto running = flights.running_by_bucket.find(keys.buckets[i].key);
    const int in_flight = running == flights.running_by_bucket.end() ? 0 : running->second;
    attempt.buckets.push_back({tallies.buckets.at(i).count, keys.buckets[i].weight, in_flight});
    // The one that fails first takes the old lock's level away: nobody may count beside it.
    must_be_alone = must_be_alone || (tallies.buckets.at(i).starts_over && in_flight > 0);
  }
  const LockVerdict verdict = judge(policy_, attempt, clock_.wall()).verdict;
  if (verdict != LockVerdict::Go) return verdict;
  if (must_be_alone) return LockVerdict::Wait;
  for (const BucketKey& bucket : keys.buckets) ++flights.running_by_bucket[bucket.key];
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

void AttemptGate::settle(Accounts::iterator flights, const AttemptKeys& keys) {
  const MutexLock lock(mutex_);
  Flights& all = flights->second;
  for (const BucketKey& bucket : keys.buckets) {
    const auto running = all.running_by_bucket.find(bucket.key);
    if (--running->second == 0) all.running_by_bucket.erase(running);
  }
  --all.running;
  ++all.settled;
  all.changed.notify_all();
  if (--all.present == 0) accounts_.erase(flights);
}

/// For fail2ban.
void AttemptGate::note_locks(const Claimant& claimant, const std::vector<LockScope>& locked) {
  const std::string client = claimant.address.text();
  for (const LockScope scope : locked) {
    log_.warn_of(client, "login locked",
                 {{"client", client}, {"scope", to_string(scope)}, {"account", claimant.account}});
  }
}

AttemptGate::Ticket::Ticket(Ticket&& other) noexcept
    : gate_(other.gate_), hold_(std::move(other.hold_)), keys_(std::move(other.keys_)) {
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

Result<bool> AttemptGate::Ticket::failed(Blame blame) {
  AttemptGate& gate = take();
  const auto locked = gate.counts_.add_failure(keys_, gate.policy(), hold_.tallies, blame);
  if (locked) gate.note_locks(hold_.claimant, *locked);
  gate.settle(hold_.flights, keys_);
  hold_.pass.failed();
  if (!locked) return fail(locked);
  return !locked->empty();
}

Result<void> AttemptGate::Ticket::succeeded() {
  AttemptGate& gate = take();
  auto forgiven = gate.counts_.forgive(keys_, hold_.tallies);
  gate.settle(hold_.flights, keys_);
  hold_.pass.passed();
  return forgiven;
}

void AttemptGate::Ticket::passed() {
  take().settle(hold_.flights, keys_);
  hold_.pass.passed();
}

}  // namespace picket::authd
