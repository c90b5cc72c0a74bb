// The counts behind AttemptGate, in the store: which rows an attempt reads, what a failure adds to them and
// when it locks, what a login takes away. Every failure has a count of its own, so that one of them locks.
// Safe from any thread. Errors are the store's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authd/accounts/guard_store.h"
#include "authd/lockout/lockout.h"
#include "base/metrics/registry.h"

namespace picket::authd {

/// Who says that he is whom.
struct Claimant {
  std::string account{};  ///< the account's id; for a name that no account has, what stands in for one
  IpAddress address{};
  std::string known_device{};  ///< a live one of this account, or ""
  bool is_shared = false;      ///< the address is a proxy that the configuration forgot
  bool has_session = false;    ///< of this account, and alive: counted like a stranger, but no block stops it
};

struct AttemptKeys {
  std::vector<BucketKey> buckets;  ///< narrowest first
  std::string account;
  std::string device;  ///< all failures of a known device: "" for strangers

  static AttemptKeys of(const Claimant& claimant);
  bool known_device() const { return !device.empty(); }
};

struct BucketTally {
  FailureCount count{};
  bool starts_over = false;  ///< it was quiet for long after a lock: its level no longer counts
};

struct AttemptTallies {
  std::vector<BucketTally> buckets{};  ///< as AttemptKeys::buckets
  FailureCount account{};
};

enum class LockScope : std::uint8_t { Address, Device, Account };
std::string_view to_string(LockScope scope);  ///< "address", "device", "account": label values too

/// What a failure counts for. One that no secret would have made right, an owner's from a foreign network, is
/// no guess: it is counted where it comes from, and not against the account.
enum class Blame : std::uint8_t { Account, WayInAlone };

class AttemptCounts {
 public:
  /// All must outlive it.
  AttemptCounts(FailureStore& store, const Clock& clock, MetricRegistry& registry);

  Result<AttemptTallies> read(const AttemptKeys& keys, const LockPolicy& policy);
  /// What this failure has locked. Where a bucket starts over, the old lock's level goes first; nobody else
  /// may then count in it.
  Result<std::vector<LockScope>> add_failure(const AttemptKeys& keys, const LockPolicy& policy,
                                             const AttemptTallies& tallies, Blame blame = Blame::Account);
  /// Sets the locks that are due (due_lock); what it has locked.
  Result<std::vector<LockScope>> lock_due(const AttemptKeys& keys, const LockPolicy& policy,
                                          const AttemptTallies& tallies);
  /// After a whole login: what was there when it began. What others counted since stays.
  Result<void> forgive(const AttemptKeys& keys, const AttemptTallies& tallies);
  /// As many writes as a failure, beside the counts.
  Result<void> charge(const AttemptKeys& keys);
  Result<std::int64_t> unlock(const std::string& account_id);
  Result<std::vector<StoredFailures>> locks_of(const std::string& account_id);
  /// Asks the store how many locks are in force, for /metrics. Called by the scheduler, on a pool.
  Result<void> count_active();

 private:
  Result<FailureCount> find(const std::string& key);
  Result<BucketTally> read_bucket(const BucketKey& bucket, const LockPolicy& policy);
  Result<bool> add_to_bucket(const BucketKey& bucket, LockScope scope, const LockPolicy& policy);
  Result<bool> add_to_buckets(const AttemptKeys& keys, const LockPolicy& policy,
                              const AttemptTallies& tallies);
  Result<bool> add_to_total(const std::string& key, LockScope scope, const LockPolicy& policy);
  Result<bool> add_beside(const std::string& key);
  void note_lock(LockScope scope);

  FailureStore& store_;
  const Clock& clock_;
  prometheus::Family<prometheus::Counter>& lockouts_;
  prometheus::Gauge& active_;
};

}  // namespace picket::authd
