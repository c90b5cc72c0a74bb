// Failure counters, blocked networks and limits of single people in a store. Counts are exact however many
// callers there are: each change is one statement. Safe from any thread. Errors as AccountStore.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authd/accounts/guards.h"
#include "base/result/result.h"

namespace picket::authd {

class FailureStore {
 public:
  virtual ~FailureStore() = default;

  virtual Result<std::optional<StoredFailures>> find(const std::string& key) = 0;
  /// Counts one, from 1 again when the last was before `forget_before`. Answers the counter as it is now: two
  /// callers never get the same count.
  virtual Result<StoredFailures> add(const std::string& key, WallTime now, WallTime forget_before) = 0;
  /// Gives one back that turned out to be none.
  virtual Result<void> take_back(const std::string& key) = 0;
  /// Locks until then and raises the level, counting from 0 again. False when the level is no longer
  /// `level`: another caller locked.
  virtual Result<bool> lock(const std::string& key, int level, WallTime until) = 0;
  virtual Result<void> clear(const std::string& key) = 0;
  /// All counts of the account: what an administrator's unlock clears. Answers how many there were. The
  /// networks and devices that had failed at it are forgotten_since() then, so that every replica's limits of
  /// tries forget them too.
  virtual Result<std::int64_t> unlock(const std::string& account_id, WallTime now) = 0;
  /// May repeat earlier ones.
  virtual Result<std::vector<ForgottenTries>> forgotten_since(WallTime since) = 0;
  /// The locks of the account in force, the latest end first.
  virtual Result<std::vector<StoredFailures>> locks_of(const std::string& account_id, WallTime now) = 0;
  virtual Result<std::int64_t> count_locked(WallTime now) = 0;
  /// Deletes what was last counted before, unless it is locked still.
  virtual Result<std::int64_t> prune(WallTime before, WallTime now) = 0;
};

class BlockStore {
 public:
  virtual ~BlockStore() = default;

  /// Adds it. What a person sets replaces what is there, with its end, earlier or later. Of two automatic
  /// blocks the one that ends later stays, and one changes nothing about what a person has set.
  virtual Result<void> put(const StoredBlock& block) = 0;
  virtual Result<bool> remove(const std::string& prefix) = 0;
  virtual Result<std::vector<StoredBlock>> list(WallTime now) = 0;  ///< in force, by prefix
  /// Another number, never 0, whenever the list has changed otherwise than by time. Read it before the list.
  virtual Result<std::int64_t> revision() = 0;
  virtual Result<std::int64_t> prune(WallTime before) = 0;
};

class UserLimitStore {
 public:
  virtual ~UserLimitStore() = default;

  virtual Result<void> put(const UserLimit& limit) = 0;
  virtual Result<bool> remove(const std::string& user_id, const std::string& tier) = 0;
  /// Of one person, or ("") of all.
  virtual Result<std::vector<UserLimit>> list(const std::string& user_id) = 0;
  /// As BlockStore's; a person who is deleted takes his limits with him.
  virtual Result<std::int64_t> revision() = 0;
};

}  // namespace picket::authd
