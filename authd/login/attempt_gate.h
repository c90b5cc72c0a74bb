// Where every attempt to prove a person passes: password, second factor, enrolment, "type it again". Asks the
// limits of tries first, then lets as many in at once as may fail before the lock, makes the others wait, and
// counts how they ended in a store of its own transactions, so that a count stays whatever else is rolled
// back. Safe from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "authd/login/attempt_counts.h"
#include "authd/login/try_limit.h"
#include "base/exec/mutex.h"

namespace picket::authd {

struct AttemptParts {
  FailureStore& store;
  TryLimit& limit;
  const Clock& clock;
  MetricRegistry& registry;
  Logger& log;
};

class AttemptGate {
 public:
  class Ticket;
  struct Admittance;

  /// All must outlive it.
  AttemptGate(const AttemptParts& parts, LockPolicy policy);
  AttemptGate(const AttemptGate&) = delete;
  AttemptGate& operator=(const AttemptGate&) = delete;

  /// Waits while as many run as may fail. Timeout when the deadline passes or the caller goes; Unavailable
  /// when the store does not answer.
  Result<Admittance> enter(const Claimant& claimant, const Patience& patience) EXCLUDES(mutex_);
  /// What a failure costs the store, for one that was not let in: so that the lock does not show in the time.
  Result<void> charge(const Claimant& claimant) { return counts_.charge(AttemptKeys::of(claimant)); }
  /// What an administrator does. Answers how many counts there were.
  Result<std::int64_t> unlock(const std::string& account_id) EXCLUDES(mutex_);
  /// Those in force, the latest end first.
  Result<std::vector<StoredFailures>> locks_of(const std::string& account_id) {
    return counts_.locks_of(account_id);
  }
  void reload(const LockPolicy& policy) EXCLUDES(mutex_);
  /// For authd_lockouts_active.
  Result<void> count_active() { return counts_.count_active(); }

 private:
  struct Flights {  ///< of one account
    std::uint64_t settled = 0;
    int present = 0;  ///< callers that wait or run: the entry stays while there is one
    int running = 0;
    std::map<std::string, int> running_by_bucket{};
    ConditionVariable changed{};
  };
  using Accounts = std::map<std::string, Flights>;
  class Presence;

  Result<Admittance> wait_for_turn(const Claimant& claimant, const Patience& patience, TryLimit::Pass& pass);
  Result<void> lock_due(const Claimant& claimant, const AttemptKeys& keys, const AttemptTallies& tallies);
  void note_locks(const Claimant& claimant, const std::vector<LockScope>& locked);

  std::optional<LockVerdict> decide(Flights& flights, const AttemptKeys& keys, const AttemptTallies& tallies,
                                    std::uint64_t settled) EXCLUDES(mutex_);
  bool wait_for_change(Flights& flights, std::uint64_t settled, const Patience& patience) EXCLUDES(mutex_);
  std::uint64_t settled_of(const Flights& flights) EXCLUDES(mutex_);
  LockPolicy policy() EXCLUDES(mutex_);
  void settle(Accounts::iterator flights, const AttemptKeys& keys) EXCLUDES(mutex_);

  AttemptCounts counts_;
  TryLimit& limit_;
  const Clock& clock_;
  Logger& log_;
  Mutex mutex_;
  LockPolicy policy_ GUARDED_BY(mutex_);
  Accounts accounts_ GUARDED_BY(mutex_);  ///< bounded by the callers that are inside
};

/// One attempt under way. Settle it by one of three; one that nobody settles counts as failed. The gate must
/// outlive it.
class AttemptGate::Ticket {
 public:
  Ticket(Ticket&& other) noexcept;
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket();

  /// Counts it. True when it was the one that locked.
  Result<bool> failed(Blame blame = Blame::Account);
  /// A whole login, all factors: ends the counts of this way in, and of the account.
  Result<void> succeeded();
  /// One step that was right, or no attempt after all: counts nothing.
  void passed();

 private:
  friend class AttemptGate;
  struct Hold {  ///< what is held while it runs
    Accounts::iterator flights;
    Claimant claimant;
    AttemptTallies tallies;
    TryLimit::Pass pass;
  };
  Ticket(AttemptGate& gate, Hold hold)
      : gate_(&gate), hold_(std::move(hold)), keys_(AttemptKeys::of(hold_.claimant)) {}
  AttemptGate& take();

  AttemptGate* gate_;  ///< null once it is settled
  Hold hold_;
  AttemptKeys keys_;
};

struct AttemptGate::Admittance {
  LockVerdict verdict = LockVerdict::Stopped;  ///< Go, Locked or Stopped
  std::optional<Ticket> ticket{};              ///< of Go
  /// Set when the limits turned it away, before any lock was looked at: Limited or Blocked.
  std::optional<GateAnswer> turned_away{};
};

}  // namespace picket::authd
