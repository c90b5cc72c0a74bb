// Which grants ended before their time, in memory: users whose epoch moved on, sessions and API keys that
// were revoked. Fed by this process at once and by the store's feed every 250 ms, so that a logout, a new
// role or a new password acts on every replica within a second though no request asks the database. What is
// older than the longest life of a token is forgotten. Safe from any thread.
#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <unordered_map>

#include "authd/accounts/account_store.h"
#include "base/exec/mutex.h"

namespace picket::authd {

class EndedGrants {
 public:
  /// `kept_for`: the longest life of an access token and the leeway. `stale_after`: without an answer of the
  /// store for so long, is_fresh() is false, and whoever relies on it must deny. It is false before the
  /// first.
  EndedGrants(AccountStore& accounts, const Clock& clock, Duration kept_for, Duration stale_after);

  void note_epoch(const std::string& user_id, std::int64_t epoch) EXCLUDES(mutex_);
  void note_session(const std::string& session_id) EXCLUDES(mutex_);  ///< or the id of an API key or a token
  /// True for a grant of a user's older epoch, or of a session that was revoked.
  bool is_over(const std::string& user_id, std::int64_t epoch, const std::string& session_id) const
      EXCLUDES(mutex_);
  /// Of one session, API key or token.
  bool has_ended(const std::string& grant_id) const EXCLUDES(mutex_);
  /// Asks the store for news. Called by the scheduler, on a pool, and by whoever ended many grants at once.
  Result<void> poll() EXCLUDES(mutex_);
  bool is_fresh() const;
  /// Whether the latest question that ended has no answer.
  bool has_failed() const EXCLUDES(mutex_);
  /// Why the latest question has no answer, for people.
  std::string failure() const EXCLUDES(mutex_);
  /// Tokens live longer from now on. Never shorter: those that are out keep their life.
  void keep_for(Duration kept_for) EXCLUDES(mutex_);
  /// Deletes from the store what no replica can need any more. Called now and then; answers how many.
  Result<std::int64_t> prune() EXCLUDES(mutex_);
  std::size_t size() const EXCLUDES(mutex_);

 private:
  struct UserEnd {
    std::int64_t epoch = 0;
    MonoTime noted_at{};
  };
  struct Mark {  ///< of an entry in one of the maps
    MonoTime noted_at{};
    std::string user_id, session_id;  ///< one of them
  };

  void note_epoch_at(const std::string& user_id, std::int64_t epoch, MonoTime now) REQUIRES(mutex_);
  void note_session_at(const std::string& session_id, MonoTime now) REQUIRES(mutex_);
  void forget(MonoTime now) REQUIRES(mutex_);

  AccountStore& accounts_;
  const Clock& clock_;
  const Duration stale_after_;
  std::atomic<MonoTime> answered_at_;  ///< the beginning of the latest question that was answered

  mutable Mutex mutex_;
  std::string failure_ GUARDED_BY(mutex_);
  Duration kept_for_ GUARDED_BY(mutex_);
  std::int64_t after_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::string, UserEnd> users_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, MonoTime> sessions_ GUARDED_BY(mutex_);
  std::deque<Mark> marks_ GUARDED_BY(mutex_);  ///< the oldest first
};

}  // namespace picket::authd
