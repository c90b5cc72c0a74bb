#include "authd/sessions/ended_grants.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr MonoTime kNever = MonoTime::min();
// The feed is kept for longer than any replica remembers: their clocks differ, and one may be slow.
constexpr Duration kPruneMargin = std::chrono::hours(1);

}  // namespace

EndedGrants::EndedGrants(AccountStore& accounts, const Clock& clock, Duration kept_for, Duration stale_after)
    : accounts_(accounts),
      clock_(clock),
      stale_after_(stale_after),
      answered_at_(kNever),
      kept_for_(kept_for) {}

// What is noted again keeps its first time: the feed repeats itself, and the end does not come later by that.
void EndedGrants::note_epoch_at(const std::string& user_id, std::int64_t epoch, MonoTime now) {
  const auto [user, is_new] = users_.try_emplace(user_id);
  if (!is_new && epoch <= user->second.epoch) return;
  user->second = {epoch, now};
  marks_.push_back({now, user_id, ""});
}

void EndedGrants::note_session_at(const std::string& session_id, MonoTime now) {
  if (sessions_.emplace(session_id, now).second) marks_.push_back({now, "", session_id});
}

void EndedGrants::note_epoch(const std::string& user_id, std::int64_t epoch) {
  const MonoTime now = clock_.mono();
  const MutexLock lock(mutex_);
  note_epoch_at(user_id, epoch, now);
}

void EndedGrants::note_session(const std::string& session_id) {
  const MonoTime now = clock_.mono();
  const MutexLock lock(mutex_);
  note_session_at(session_id, now);
}

bool EndedGrants::is_over(const std::string& user_id, std::int64_t epoch,
                          const std::string& session_id) const {
  const MutexLock lock(mutex_);
  const auto user = users_.find(user_id);
  if (user != users_.end() && epoch < user->second.epoch) return true;
  return !session_id.empty() && sessions_.contains(session_id);
}

bool EndedGrants::has_ended(const std::string& grant_id) const {
  const MutexLock lock(mutex_);
  return sessions_.contains(grant_id);
}

void EndedGrants::forget(MonoTime now) {
  while (!marks_.empty() && now - marks_.front().noted_at > kept_for_) {
    const Mark& mark = marks_.front();
    sessions_.erase(mark.session_id);
    const auto user = users_.find(mark.user_id);
    const bool is_latest = user != users_.end() && user->second.noted_at == mark.noted_at;
    if (is_latest) users_.erase(user);
    marks_.pop_front();
  }
}

Result<void> EndedGrants::poll() {
  const MonoTime asked_at = clock_.mono();
  std::int64_t after = 0;
  {
    const MutexLock lock(mutex_);
    forget(asked_at);
    after = after_;
  }
  const auto batch = accounts_.ended_grants(after);
  if (!batch) {
    const MutexLock lock(mutex_);
    failure_ = batch.error().message;
    return fail(batch);
  }
  const MonoTime now = clock_.mono();
  const MutexLock lock(mutex_);
  for (const EndedGrant& ended : batch->ended) {
    if (ended.grant_id.empty()) {
      note_epoch_at(ended.user_id, ended.epoch, now);
    } else {
      note_session_at(ended.grant_id, now);
    }
  }
  failure_.clear();
  after_ = std::max(after_, batch->next_after);
  answered_at_ = std::max(answered_at_.load(), asked_at);
  return {};
}

bool EndedGrants::is_fresh() const {
  const MonoTime answered_at = answered_at_;
  return answered_at != kNever && clock_.mono() - answered_at <= stale_after_;
}

bool EndedGrants::has_failed() const {
  const MutexLock lock(mutex_);
  return !failure_.empty();
}

std::string EndedGrants::failure() const {
  const MutexLock lock(mutex_);
  return failure_.empty() ? "a question has been under way for too long" : failure_;
}

void EndedGrants::keep_for(Duration kept_for) {
  const MutexLock lock(mutex_);
  kept_for_ = std::max(kept_for_, kept_for);
}

Result<std::int64_t> EndedGrants::prune() {
  const WallTime now = clock_.wall();
  Duration kept_for{};
  {
    const MutexLock lock(mutex_);
    kept_for = kept_for_;
  }
  return accounts_.prune_ended_grants(now - kept_for - kPruneMargin);
}

std::size_t EndedGrants::size() const {
  const MutexLock lock(mutex_);
  return users_.size() + sessions_.size();
}

}  // namespace picket::authd
