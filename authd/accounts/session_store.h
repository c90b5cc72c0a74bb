// Sessions with their refresh families, and login challenges, in a store. Each change that may happen once is
// one conditional statement: true is for the one caller who won. Safe from any thread. Errors as
// AccountStore.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authd/accounts/session.h"
#include "base/result/result.h"

namespace picket::authd {

struct Revocation {
  std::string reason;
  WallTime now{};
};

class SessionStore {
 public:
  virtual ~SessionStore() = default;

  virtual Result<void> create(const Session& session) = 0;
  virtual Result<std::optional<Session>> find(const std::string& id) = 0;
  virtual Result<std::optional<Session>> find_by_family(const std::string& family_id) = 0;
  /// Live ones, newest first; of everybody when `user_id` is empty.
  virtual Result<std::vector<Session>> list_live(const std::string& user_id, WallTime now, int limit) = 0;
  virtual Result<std::int64_t> count_live(WallTime now) = 0;

  /// Was used: moves the idle limit, never backwards. False when the session is not live.
  virtual Result<bool> touch(const std::string& id, WallTime now, WallTime idle_expires_at) = 0;
  /// Puts `next`, which was judged from version `next.version`; the stored version is one more, and the
  /// session was seen. False when it is not live or another caller was first: read and judge again.
  virtual Result<bool> rotate(const std::string& id, const RefreshState& next, WallTime now) = 0;
  /// False when it was revoked already. What is revoked is in AccountStore::ended_grants at once.
  virtual Result<bool> revoke(const std::string& id, const Revocation& revocation) = 0;
  /// All of the user's but `except_id`. Answers how many.
  virtual Result<std::int64_t> revoke_all(const std::string& user_id, const Revocation& revocation,
                                          const std::string& except_id) = 0;
  /// Deletes those that ended before. Answers how many.
  virtual Result<std::int64_t> prune(WallTime before) = 0;
};

class ChallengeStore {
 public:
  virtual ~ChallengeStore() = default;

  virtual Result<void> create(const Challenge& challenge) = 0;
  virtual Result<std::optional<Challenge>> find(const std::string& id_hash) = 0;
  /// A code was sent (again). The tries so far stay counted. False when the challenge is over.
  virtual Result<bool> set_code(const std::string& id_hash, const std::string& channel,
                                const std::string& code_hash, WallTime now) = 0;
  /// Takes one of `max` tries, before anything is compared. False when none is left or it is over.
  virtual Result<bool> count_try(const std::string& id_hash, int max, WallTime now) = 0;
  /// Spends it. False when it is over.
  virtual Result<bool> use(const std::string& id_hash, WallTime now) = 0;
  virtual Result<std::int64_t> prune(WallTime before) = 0;
};

}  // namespace picket::authd
