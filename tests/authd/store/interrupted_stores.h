// Stores that let a test happen in between: right after one call of theirs, what another caller does at that
// very moment. Races become a matter of order and not of luck. Used by the thread that calls.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "authd/accounts/guard_store.h"
#include "authd/accounts/session_store.h"

namespace picket::authd {

class InterruptedFailures final : public FailureStore {
 public:
  explicit InterruptedFailures(FailureStore& store) : store_(store) {}  ///< must outlive it

  /// Once, after a key was read that begins so.
  void after_reading(std::string prefix, std::function<void()> other) {
    prefix_ = std::move(prefix);
    other_ = std::move(other);
  }

  Result<std::optional<StoredFailures>> find(const std::string& key) override {
    auto found = store_.find(key);
    if (other_ && key.starts_with(prefix_)) std::exchange(other_, nullptr)();
    return found;
  }
  Result<StoredFailures> add(const std::string& key, WallTime now, WallTime forget_before) override {
    return store_.add(key, now, forget_before);
  }
  Result<void> take_back(const std::string& key) override { return store_.take_back(key); }
  Result<bool> lock(const std::string& key, int level, WallTime until) override {
    return store_.lock(key, level, until);
  }
  Result<void> clear(const std::string& key) override { return store_.clear(key); }
  Result<std::int64_t> unlock(const std::string& account_id, WallTime now) override {
    return store_.unlock(account_id, now);
  }
  Result<std::vector<ForgottenTries>> forgotten_since(WallTime since) override {
    return store_.forgotten_since(since);
  }
  Result<std::vector<StoredFailures>> locks_of(const std::string& account_id, WallTime now) override {
    return store_.locks_of(account_id, now);
  }
  Result<std::int64_t> count_locked(WallTime now) override { return store_.count_locked(now); }
  Result<std::int64_t> prune(WallTime before, WallTime now) override { return store_.prune(before, now); }

 private:
  FailureStore& store_;
  std::string prefix_;
  std::function<void()> other_;
};

class InterruptedChallenges final : public ChallengeStore {
 public:
  explicit InterruptedChallenges(ChallengeStore& store) : store_(store) {}  ///< must outlive it

  /// Once, after a try was taken: the challenge was found open before.
  void after_a_try(std::function<void()> other) { other_ = std::move(other); }

  Result<void> create(const Challenge& challenge) override { return store_.create(challenge); }
  Result<std::optional<Challenge>> find(const std::string& id_hash) override { return store_.find(id_hash); }
  Result<bool> set_code(const std::string& id_hash, const std::string& channel, const std::string& code_hash,
                        WallTime now) override {
    return store_.set_code(id_hash, channel, code_hash, now);
  }
  Result<bool> count_try(const std::string& id_hash, int max, WallTime now) override {
    auto counted = store_.count_try(id_hash, max, now);
    if (other_) std::exchange(other_, nullptr)();
    return counted;
  }
  Result<bool> use(const std::string& id_hash, WallTime now) override { return store_.use(id_hash, now); }
  Result<std::int64_t> prune(WallTime before) override { return store_.prune(before); }

 private:
  ChallengeStore& store_;
  std::function<void()> other_;
};

}  // namespace picket::authd
