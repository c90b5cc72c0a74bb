// Blocks and people's own limits as all replicas share them: what is set here goes to the store and holds at
// this gate at once; what was set elsewhere is taken from the store. Blocks that this gate made itself
// (violations) go to the store as well. Tries of people who were unlocked anywhere are forgotten here. Safe
// from any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "authd/accounts/guard_store.h"
#include "authd/ratelimit/limit_gate.h"
#include "base/exec/mutex.h"

namespace picket::authd {

struct GuardStores {
  BlockStore& blocks;
  UserLimitStore& limits;
  FailureStore& failures;
};

class SharedGuards {
 public:
  static constexpr std::size_t kUserLimitsMax = 10'000;

  SharedGuards(GuardStores stores, LimitGate& gate, const Clock& clock)
      : stores_(stores), gate_(gate), clock_(clock) {}

  /// Errors as BlockList::add(), and of the store.
  Result<void> block(const Block& block) EXCLUDES(mutex_);
  /// False when it was not blocked.
  Result<bool> unblock(const Cidr& network) EXCLUDES(mutex_);

  Result<std::vector<UserLimit>> limits_of(const std::string& user_id);
  /// NotFound without such a tier, Conflict when too many people have limits of their own.
  Result<void> set_limit(const UserLimit& limit) EXCLUDES(mutex_);
  /// False when he had none of that tier.
  Result<bool> clear_limit(const std::string& user_id, const std::string& tier) EXCLUDES(mutex_);

  /// Both ways, once a second: what is not in the store goes there, what is goes to the gate, and what others
  /// took out of the store leaves the gate. Where nothing changed, nothing is read.
  Result<void> exchange() EXCLUDES(mutex_);

 private:
  using Ends = std::map<std::string, WallTime>;  ///< of blocks, by prefix

  Result<void> take_blocks() REQUIRES(mutex_);
  Result<bool> read_blocks() REQUIRES(mutex_);
  Result<void> store_own() REQUIRES(mutex_);
  Result<void> take_limits() REQUIRES(mutex_);
  Result<void> take_unlocks() REQUIRES(mutex_);
  Result<void> store(const Block& block) REQUIRES(mutex_);
  Result<void> publish_limits() REQUIRES(mutex_);

  const GuardStores stores_;
  LimitGate& gate_;
  const Clock& clock_;
  Mutex mutex_;
  std::set<std::int64_t> forgotten_ GUARDED_BY(mutex_);  ///< unlocks of the last minutes that were followed
  Ends known_ GUARDED_BY(mutex_);                        ///< in the store, as far as was read or written
  std::int64_t blocks_read_ GUARDED_BY(mutex_) = 0, limits_read_ GUARDED_BY(mutex_) = 0;  ///< revisions
  std::uint64_t own_stored_ GUARDED_BY(mutex_) = 0;  ///< as many of LimitGate::blocks_added()
};

}  // namespace picket::authd
