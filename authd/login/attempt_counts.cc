#include "authd/login/attempt_counts.h"

namespace picket::authd {
namespace {

FailureCount count_of(const StoredFailures& stored) {
  return {.count = static_cast<int>(stored.count),
          .total = static_cast<int>(stored.count),
          .level = stored.level,
          .first_at = stored.first_at,
          .last_at = stored.last_at,
          .locked_until = stored.locked_until};
}

}  // namespace

std::string_view to_string(LockScope scope) {
  switch (scope) {
    case LockScope::Address:
      return "address";
    case LockScope::Device:
      return "device";
    case LockScope::Account:
      break;
  }
  return "account";
}

AttemptKeys AttemptKeys::of(const Claimant& claimant) {
  if (claimant.known_device.empty())
    return {network_buckets(claimant.account, claimant.address), account_bucket(claimant.account), ""};
  const std::string bucket = device_bucket(claimant.account, claimant.known_device);
  return {{{bucket, 1}}, account_bucket(claimant.account), bucket + "|total"};
}

AttemptCounts::AttemptCounts(FailureStore& store, const Clock& clock, MetricRegistry& registry)
    : store_(store),
      clock_(clock),
      lockouts_(registry.counter("authd_lockouts_total",
                                 "Locks set after failed attempts, by what they hold for (address, device, "
                                 "account).")),
      active_(
          registry
              .gauge("authd_lockouts_active",
                     "Locks in force (an account for a network or a device), of all replicas together, when "
                     "last counted.")
              .Add({})) {
  for (const LockScope scope : {LockScope::Address, LockScope::Device, LockScope::Account})
    lockouts_.Add({{"scope", std::string(to_string(scope))}});
}

Result<BucketTally> AttemptCounts::read_bucket(const BucketKey& bucket, const LockPolicy& policy) {
  const auto count = find(bucket.key);
  if (!count) return fail(count);
  const WallTime now = clock_.wall();
  BucketTally tally{.count = *count};
  tally.starts_over =
      count->level > 0 && now >= count->locked_until && now - count->last_at >= policy.forgiven_after;
  // The store counts from 0 again with each lock: the judgement wants to know that there was one.
  tally.count.total = count->count + count->level * weighted(policy, bucket.weight).failures;
  return tally;
}

Result<AttemptTallies> AttemptCounts::read(const AttemptKeys& keys, const LockPolicy& policy) {
  AttemptTallies tallies;
  for (const BucketKey& bucket : keys.buckets) {
    const auto tally = read_bucket(bucket, policy);
    if (!tally) return fail(tally);
    tallies.buckets.push_back(*tally);
  }
  const auto account = find(keys.account);
  if (!account) return fail(account);
  tallies.account = *account;
  if (!keys.known_device()) return tallies;
  const auto device = find(keys.device);
  if (!device) return fail(device);
  tallies.buckets.front().count.total = device->count;
  return tallies;
}

Result<std::vector<LockScope>> AttemptCounts::add_failure(const AttemptKeys& keys, const LockPolicy& policy,
                                                          const AttemptTallies& tallies, Blame blame) {
  const LockScope scope = keys.known_device() ? LockScope::Device : LockScope::Address;
  const auto bucket = add_to_buckets(keys, policy, tallies);
  const auto account = blame == Blame::Account ? add_to_total(keys.account, LockScope::Account, policy)
                                               : add_beside(keys.account);
  const auto device =
      keys.known_device() ? add_to_total(keys.device, LockScope::Device, policy) : Result<bool>(false);
  for (const auto* counted : {&bucket, &account, &device}) {
    if (!*counted) return fail(*counted);
  }
  std::vector<LockScope> locked;
  if (*bucket || *device) locked.push_back(scope);
  if (*account) locked.push_back(LockScope::Account);
  return locked;
}

Result<bool> AttemptCounts::add_to_buckets(const AttemptKeys& keys, const LockPolicy& policy,
                                           const AttemptTallies& tallies) {
  const LockScope scope = keys.known_device() ? LockScope::Device : LockScope::Address;
  bool has_locked = false;
  for (std::size_t i = 0; i < keys.buckets.size(); ++i) {
    const BucketKey& bucket = keys.buckets[i];
    if (tallies.buckets.at(i).starts_over) {
      if (const auto cleared = store_.clear(bucket.key); !cleared) return fail(cleared);
    }
    const auto locked = add_to_bucket(bucket, scope, policy);
    if (!locked) return fail(locked);
    has_locked = has_locked || *locked;
  }
  return has_locked;
}

Result<std::vector<LockScope>> AttemptCounts::lock_due(const AttemptKeys& keys, const LockPolicy& policy,
                                                       const AttemptTallies& tallies) {
  const LockScope scope = keys.known_device() ? LockScope::Device : LockScope::Address;
  std::vector<LockScope> all;
  for (std::size_t i = 0; i < keys.buckets.size(); ++i) {
    const BucketKey& bucket = keys.buckets[i];
    const FailureCount& count = tallies.buckets.at(i).count;
    const auto until = due_lock(weighted(policy, bucket.weight), count, clock_.wall());
    if (!until) continue;
    const auto locked = store_.lock(bucket.key, count.level, *until);
    if (!locked) return fail(locked);
    if (!*locked) continue;  // somebody else was first
    note_lock(scope);
    all.push_back(scope);
  }
  return all;
}

Result<void> AttemptCounts::forgive(const AttemptKeys& keys, const AttemptTallies& tallies) {
  for (std::size_t i = 0; i < keys.buckets.size(); ++i) {
    if (tallies.buckets.at(i).count == FailureCount{}) continue;
    if (auto cleared = store_.clear(keys.buckets[i].key); !cleared) return cleared;
  }
  if (keys.known_device() && tallies.buckets.front().count.total > 0) {
    if (auto cleared = store_.clear(keys.device); !cleared) return cleared;
  }
  if (tallies.account == FailureCount{}) return {};
  return store_.clear(keys.account);
}

Result<void> AttemptCounts::charge(const AttemptKeys& keys) {
  std::vector<std::string> all{keys.account};
  for (const BucketKey& bucket : keys.buckets) all.push_back(bucket.key);
  if (keys.known_device()) all.push_back(keys.device);
  for (const std::string& key : all) {
    const auto counted = store_.add(key + "|locked", clock_.wall(), WallTime{});
    if (!counted) return fail(counted);
  }
  return {};
}

Result<std::int64_t> AttemptCounts::unlock(const std::string& account_id) {
  check(!account_id.empty(), "an account has an id");
  return store_.unlock(account_id, clock_.wall());
}

Result<std::vector<StoredFailures>> AttemptCounts::locks_of(const std::string& account_id) {
  check(!account_id.empty(), "an account has an id");
  return store_.locks_of(account_id, clock_.wall());
}

Result<void> AttemptCounts::count_active() {
  const auto count = store_.count_locked(clock_.wall());
  if (!count) return fail(count);
  active_.Set(static_cast<double>(*count));
  return {};
}

Result<FailureCount> AttemptCounts::find(const std::string& key) {
  const auto stored = store_.find(key);
  if (!stored) return fail(stored);
  return *stored ? count_of(**stored) : FailureCount{};
}

/// The one who reaches the limit locks. Should he not come to it, the next one does.
Result<bool> AttemptCounts::add_to_bucket(const BucketKey& bucket, LockScope scope,
                                          const LockPolicy& policy) {
  const WallTime now = clock_.wall();
  const auto stored = store_.add(bucket.key, now, now - policy.forgiven_after);
  if (!stored) return fail(stored);
  FailureCount before = count_of(*stored);
  before.count -= 1;
  before.locked_until = {};
  const FailureCount after = after_failure(weighted(policy, bucket.weight), before, now);
  if (after.locked_until == WallTime{}) return false;
  auto locked = store_.lock(bucket.key, stored->level, after.locked_until);
  if (locked && *locked) note_lock(scope);
  return locked;
}

Result<bool> AttemptCounts::add_to_total(const std::string& key, LockScope scope, const LockPolicy& policy) {
  const auto stored = store_.add(key, clock_.wall(), WallTime{});
  if (!stored) return fail(stored);
  const bool reached = stored->count == policy.account_failures;
  if (reached) note_lock(scope);
  return reached;
}

/// As costly as a count.
Result<bool> AttemptCounts::add_beside(const std::string& key) {
  const auto stored = store_.add(key + "|elsewhere", clock_.wall(), WallTime{});
  if (!stored) return fail(stored);
  return false;
}

void AttemptCounts::note_lock(LockScope scope) {
  lockouts_.Add({{"scope", std::string(to_string(scope))}}).Increment();
}

}  // namespace picket::authd
