// Where every try at a secret passes before it is compared, by whatever path it came: passwords, codes, links
// and client secrets. A try counts as a failure until it has ended, and a right one gives its unit back; one
// that finds no unit waits for those under way. What is refused goes to the log, limited per client, for
// fail2ban. Safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "authd/login/patience.h"
#include "authd/ratelimit/limit_gate.h"
#include "base/exec/mutex.h"
#include "base/log/logger.h"

namespace picket::authd {

class TryLimit {
 public:
  class Pass;
  struct Entry;

  /// All must outlive it.
  TryLimit(LimitGate& gate, const Clock& clock, Logger& log) : gate_(gate), clock_(clock), log_(log) {}
  TryLimit(const TryLimit&) = delete;
  TryLimit& operator=(const TryLimit&) = delete;

  /// Timeout when it waited in vain.
  Result<Entry> enter(const SecretTry& attempt, const Patience& patience) EXCLUDES(mutex_);

 private:
  struct Lane {  ///< of those who share a count
    std::uint64_t settled = 0;
    std::uint64_t next = 0;            ///< number of the next question
    std::set<std::uint64_t> asking{};  ///< whose answer is under way: a pass may come of it
    int present = 0;                   ///< callers inside: the entry stays while there is one
    int holding = 0;                   ///< passes
    int waiting = 0;
    ConditionVariable changed{};
  };
  struct Question {
    std::uint64_t number = 0;
    std::uint64_t settled = 0;  ///< when it was asked
  };
  using Lanes = std::map<std::string, Lane>;
  enum class Turn : std::uint8_t { Again, Refused, TimedOut };
  class Presence;

  Question begin(Lane& lane) EXCLUDES(mutex_);
  Turn step_back(Lane& lane, const Question& question, const Patience& patience) EXCLUDES(mutex_);
  void let_in(Lane& lane, const Question& question) EXCLUDES(mutex_);
  void give_up(Lane& lane, const Question& question) EXCLUDES(mutex_);
  void settle(Lanes::iterator lane) EXCLUDES(mutex_);
  void refuse(const SecretTry& attempt, GateAnswer& answer);

  LimitGate& gate_;
  const Clock& clock_;
  Logger& log_;
  Mutex mutex_;
  Lanes lanes_ GUARDED_BY(mutex_);  ///< bounded by the callers that are inside
};

/// A try under way. One that nobody settles counts as failed.
class TryLimit::Pass {
 public:
  Pass(Pass&& other) noexcept;
  Pass& operator=(Pass&&) = delete;
  ~Pass();

  void failed();
  /// It was right, or nothing was compared: the unit is given back.
  void passed();

 private:
  friend class TryLimit;
  Pass(TryLimit& limit, Lanes::iterator lane, GateAnswer tried)
      : limit_(&limit), lane_(lane), tried_(std::move(tried)) {}

  TryLimit* limit_;  ///< null once it is settled
  Lanes::iterator lane_;
  GateAnswer tried_;
};

struct TryLimit::Entry {
  GateAnswer answer{};         ///< Limited and Blocked are refusals
  std::optional<Pass> pass{};  ///< of one that was let in
};

}  // namespace picket::authd
