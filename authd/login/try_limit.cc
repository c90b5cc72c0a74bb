#include "authd/login/try_limit.h"

#include <algorithm>

#include "authd/address/address_prefix.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr int kLaneWaitersMax = 64;  ///< of one lane: waiting callers hold a worker each

std::string lane_of(const SecretTry& attempt) {
  if (!attempt.device.empty()) return fmt::format("{}|device:{}", attempt.tier, attempt.device);
  if (attempt.caller.is_shared) return fmt::format("{}|shared", attempt.tier);
  return fmt::format("{}|{}", attempt.tier, failure_networks(attempt.caller.address).back().network.text());
}

}  // namespace

/// Keeps the entry of a lane while somebody is inside; handed on to the pass.
class TryLimit::Presence {
 public:
  Presence(TryLimit& limit, const std::string& lane) : limit_(limit), lane_(enter(limit, lane)) {}
  ~Presence() {
    if (!stays_) leave();
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  Lane& lane() { return lane_->second; }
  Lanes::iterator hand_on() {
    stays_ = true;
    return lane_;
  }

 private:
  static Lanes::iterator enter(TryLimit& limit, const std::string& lane) {
    const MutexLock lock(limit.mutex_);
    const auto found = limit.lanes_.try_emplace(lane).first;
    ++found->second.present;
    return found;
  }
  void leave() {
    const MutexLock lock(limit_.mutex_);
    if (--lane_->second.present == 0) limit_.lanes_.erase(lane_);
  }

  TryLimit& limit_;
  Lanes::iterator lane_;
  bool stays_ = false;
};

Result<TryLimit::Entry> TryLimit::enter(const SecretTry& attempt, const Patience& patience) {
  Presence presence(*this, lane_of(attempt));
  for (;;) {
    const Question question = begin(presence.lane());
    GateAnswer answer = gate_.begin_try(attempt);
    if (answer.admission == Admission::Admitted || answer.admission == Admission::Exempt) {
      let_in(presence.lane(), question);
      return Entry{answer, Pass(*this, presence.hand_on(), answer)};
    }
    if (answer.admission == Admission::Blocked) {
      give_up(presence.lane(), question);
      return Entry{std::move(answer), std::nullopt};
    }
    const Turn turn = step_back(presence.lane(), question, patience);
    if (turn == Turn::Again) continue;
    if (turn == Turn::TimedOut) return fail(ErrorKind::Timeout, "too many tries are under way");
    refuse(attempt, answer);
    return Entry{std::move(answer), std::nullopt};
  }
}

TryLimit::Question TryLimit::begin(Lane& lane) {
  const MutexLock lock(mutex_);
  const Question question{lane.next++, lane.settled};
  lane.asking.insert(question.number);
  return question;
}

void TryLimit::let_in(Lane& lane, const Question& question) {
  const MutexLock lock(mutex_);
  lane.asking.erase(question.number);
  ++lane.holding;
}

/// Refused at once where nobody is under way who could give a unit back: neither a pass, nor a question that
/// was asked before this one was answered. Later ones find what this one has found.
TryLimit::Turn TryLimit::step_back(Lane& lane, const Question& question, const Patience& patience)
    PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  lane.asking.erase(question.number);
  lane.changed.notify_all();
  const std::uint64_t later = lane.next;
  const auto is_over = [&] {
    const bool is_asked = !lane.asking.empty() && *lane.asking.begin() < later;
    return lane.settled != question.settled || (lane.holding == 0 && !is_asked);
  };
  if (!is_over() && lane.waiting >= kLaneWaitersMax) return Turn::Refused;
  ++lane.waiting;
  Turn turn = Turn::Again;
  while (!is_over()) {
    if (patience.gone.stop_requested() || patience.deadline.passed(clock_)) {
      turn = Turn::TimedOut;
      break;
    }
    const Duration rest = std::min(patience.deadline.remaining(clock_), kLookAgain);
    lane.changed.wait_for(lock, patience.gone, rest, is_over);
  }
  --lane.waiting;
  if (turn == Turn::Again && lane.settled == question.settled) turn = Turn::Refused;
  return turn;
}

void TryLimit::give_up(Lane& lane, const Question& question) {
  const MutexLock lock(mutex_);
  lane.asking.erase(question.number);
  lane.changed.notify_all();
}

void TryLimit::settle(Lanes::iterator lane) {
  const MutexLock lock(mutex_);
  --lane->second.holding;
  ++lane->second.settled;
  lane->second.changed.notify_all();
  if (--lane->second.present == 0) lanes_.erase(lane);
}

void TryLimit::refuse(const SecretTry& attempt, GateAnswer& answer) {
  const std::string client = attempt.caller.address.text();
  log_.warn_of(client, "too many failures", {{"client", client}, {"tier", attempt.tier}});
  answer.block = gate_.note_refusal(attempt, answer);
  if (!answer.block) return;
  log_.warn_of(client, "network blocked",
               {{"client", client},
                {"network", answer.block->network.text()},
                {"until", format_rfc3339(answer.block->until)},
                {"reason", answer.block->reason}});
}

TryLimit::Pass::Pass(Pass&& other) noexcept
    : limit_(other.limit_), lane_(other.lane_), tried_(std::move(other.tried_)) {
  other.limit_ = nullptr;
}

TryLimit::Pass::~Pass() {
  if (limit_ != nullptr) failed();
}

void TryLimit::Pass::failed() {
  check(limit_ != nullptr, "a try ends once");
  limit_->settle(lane_);
  limit_ = nullptr;
}

void TryLimit::Pass::passed() {
  check(limit_ != nullptr, "a try ends once");
  limit_->gate_.give_back(tried_);
  failed();
}

}  // namespace picket::authd
