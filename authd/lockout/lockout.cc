#include "authd/lockout/lockout.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr int kCapMax = 100;  // NIST SP 800-63B 3.2.2
constexpr int kLevelMax = 30;

Duration lock_length(const LockPolicy& policy, int level) {
  Duration length = policy.first_lock;
  for (int i = 0; i < level && length < policy.longest_lock; ++i) length *= 2;
  return std::min(length, policy.longest_lock);
}

bool is_locked(const FailureCount& count, WallTime now) {
  return now < count.locked_until;
}

bool is_forgiven(const LockPolicy& policy, const FailureCount& count, WallTime now) {
  return count.total > 0 && !is_locked(count, now) && now - count.last_at >= policy.forgiven_after;
}

/// What is left of a bucket that was quiet for long: not the total, which only a success ends.
FailureCount forgiven(const LockPolicy& policy, FailureCount count, WallTime now) {
  if (!is_forgiven(policy, count, now)) return count;
  count.count = 0;
  count.level = 0;
  return count;
}

}  // namespace

LockPolicy weighted(LockPolicy policy, int weight) {
  policy.failures *= weight;
  return policy;
}

FailureCount after_failure(const LockPolicy& policy, FailureCount before, WallTime now) {
  FailureCount after = forgiven(policy, before, now);
  if (after.total == 0) after.first_at = now;
  after.last_at = std::max(after.last_at, now);
  after.total += 1;
  after.count += 1;
  if (after.count >= policy.failures) {
    after.locked_until = std::max(after.locked_until, now + lock_length(policy, after.level));
    after.level = std::min(after.level + 1, kLevelMax);
    after.count = 0;
  }
  return after;
}

int tries_left(const LockPolicy& policy, const FailureCount& bucket, WallTime now) {
  if (is_locked(bucket, now)) return 0;
  return std::max(0, policy.failures - forgiven(policy, bucket, now).count);
}

std::optional<WallTime> due_lock(const LockPolicy& policy, const FailureCount& bucket, WallTime now) {
  if (is_locked(bucket, now) || tries_left(policy, bucket, now) > 0) return std::nullopt;
  return now + lock_length(policy, bucket.level);
}

LockJudgement judge(const LockPolicy& policy, const Attempt& attempt, WallTime now) {
  check(!attempt.buckets.empty(), "an attempt has a bucket");
  const AttemptBucket& own = attempt.buckets.front();
  const FailureCount& capped = attempt.known_device ? own.count : attempt.account;
  const int capped_in_flight = attempt.known_device ? own.in_flight : attempt.account_in_flight;
  const int left_to_cap = policy.account_failures - capped.total;
  if (left_to_cap <= 0) return {LockVerdict::Stopped, {}};
  LockJudgement judgement{capped_in_flight < left_to_cap ? LockVerdict::Go : LockVerdict::Wait, {}};
  for (const AttemptBucket& bucket : attempt.buckets) {
    const LockPolicy of_bucket = weighted(policy, bucket.weight);
    const bool is_settled = judgement.verdict == LockVerdict::Locked;
    if (is_locked(bucket.count, now)) {
      judgement = {LockVerdict::Locked, std::max(judgement.until, bucket.count.locked_until)};
    } else if (!is_settled && bucket.in_flight == 0 && due_lock(of_bucket, bucket.count, now)) {
      judgement.verdict = LockVerdict::Due;
    } else if (judgement.verdict == LockVerdict::Go &&
               bucket.in_flight >= tries_left(of_bucket, bucket.count, now)) {
      judgement.verdict = LockVerdict::Wait;
    }
  }
  return judgement;
}

std::string_view to_string(LockVerdict verdict) {
  switch (verdict) {
    case LockVerdict::Go:
      return "go";
    case LockVerdict::Wait:
      return "wait";
    case LockVerdict::Due:
      return "due";
    case LockVerdict::Locked:
      return "locked";
    case LockVerdict::Stopped:
      return "stopped";
  }
  return "stopped";
}

std::vector<BucketKey> network_buckets(std::string_view account, const IpAddress& client) {
  std::vector<BucketKey> buckets;
  for (const NetworkShare& share : failure_networks(client))
    buckets.push_back({fmt::format("{}|net:{}", account, share.network.text()), share.weight});
  return buckets;
}

std::string device_bucket(std::string_view account, std::string_view device_id) {
  return fmt::format("{}|device:{}", account, device_id);
}

std::string account_bucket(std::string_view account) {
  return fmt::format("{}|account", account);
}

void read_yaml(MapReader& r, LockPolicy& policy) {
  r.read("failures", policy.failures);
  r.read("first_lock", policy.first_lock);
  r.read("longest_lock", policy.longest_lock);
  r.read("forgiven_after", policy.forgiven_after);
  r.read("account_failures", policy.account_failures);
  if (policy.failures < 1 || policy.failures > kCapMax) r.problem("failures", "must be between 1 and 100");
  if (policy.account_failures < policy.failures || policy.account_failures > kCapMax) {
    r.problem("account_failures", "must be between failures and 100");
  }
  if (policy.first_lock < std::chrono::seconds(1)) r.problem("first_lock", "must be at least 1s");
  if (policy.longest_lock < policy.first_lock)
    r.problem("longest_lock", "must not be shorter than first_lock");
  if (policy.longest_lock > std::chrono::hours(24 * 30)) r.problem("longest_lock", "must be at most 30d");
}

}  // namespace picket::authd
