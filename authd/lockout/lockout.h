// When failed logins lock, as pure functions over counts that a store keeps: the login use case asks judge()
// before it checks a password or a code, and writes after_failure(); a whole login and an unlock forget the
// counts. Every factor and every path shares them. Times are of the wall clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authd/address/address_prefix.h"
#include "base/config/reader.h"
#include "base/net/ip_address.h"
#include "base/time/clock.h"

namespace picket::authd {

// Two kinds of count decide about an attempt.
//   Buckets: account x address network, or, for a device that has logged in before, account x device. One
//   locks after 5 failures for 15 minutes, after the next 5 for 30, and so on up to 4 hours. A client of IPv6
//   is in three: its /64 locks after 5, its /56 after 15, its /48 after 45. A stranger's failures fill
//   buckets of his own networks: the owner of the account comes in from another address, and from a known
//   device in any case. A known device that is guessed on locks by its own bucket. The account: all failures
//   since the last full login, over all addresses, factors and flows. At 100 the account takes no more
//   attempts from strangers until an administrator unlocks it or a known device logs in (NIST SP
//   800-63B 3.2.2). It never locks a known device, which has a cap of 100 in its own bucket instead.

struct LockPolicy {
  int failures = 5;  ///< in a row, in one bucket, until it locks; of an IPv6 /56 3 times, of a /48 9 times
  Duration first_lock = std::chrono::minutes(15);
  Duration longest_lock = std::chrono::hours(4);
  /// A bucket without a failure for this long starts again with the first lock.
  Duration forgiven_after = std::chrono::hours(24);
  int account_failures = 100;  ///< in a row; at most 100
};
void read_yaml(MapReader& r, LockPolicy& policy);

/// One row of the store; `{}` where there is none. Change it by compare-and-set on `total` and
/// `locked_until`, or by one UPDATE that says the same.
struct FailureCount {
  int count = 0;  ///< failures since the last success or lock
  int total = 0;  ///< failures since the last success
  int level = 0;  ///< locks in a row: the next one is first_lock * 2^level
  WallTime first_at{}, last_at{};
  WallTime locked_until{};

  bool operator==(const FailureCount&) const = default;
};

/// The policy for a bucket that stands for so many clients.
LockPolicy weighted(LockPolicy policy, int weight);

FailureCount after_failure(const LockPolicy& policy, FailureCount before, WallTime now);

/// The lock of a full bucket that nobody has set, because the limit was made smaller or whoever reached it
/// came to an end before; nothing where none is due.
std::optional<WallTime> due_lock(const LockPolicy& policy, const FailureCount& bucket, WallTime now);

/// How many more failures may happen before the count locks; 0 while it is locked.
int tries_left(const LockPolicy& policy, const FailureCount& bucket, WallTime now);

struct AttemptBucket {
  FailureCount count{};
  int weight = 1;     ///< how many times LockPolicy::failures
  int in_flight = 0;  ///< attempts whose outcome is not known yet
};

struct Attempt {
  /// Of network_buckets(), narrowest first, or, for a known device, of device_bucket().
  std::vector<AttemptBucket> buckets{};
  FailureCount account{};     ///< of account_bucket()
  int account_in_flight = 0;  ///< attempts over the whole account whose outcome is not known yet
  bool known_device = false;
};

enum class LockVerdict : std::uint8_t {
  Go,
  Wait,    ///< as many run as may fail: ask again when one of them has ended
  Due,     ///< a bucket is full and not locked, and nobody runs who would lock it: lock it, ask again
  Locked,  ///< until LockJudgement::until
  Stopped  ///< the cap is reached; only an unlock or a known device helps
};
std::string_view to_string(LockVerdict verdict);

struct LockJudgement {
  LockVerdict verdict = LockVerdict::Go;
  WallTime until{};  ///< of Locked
};

/// Because as many as may fail run at once and no more, 64 parallel wrong passwords cost 5 hashes and lock
/// exactly; 64 parallel right ones all succeed, 5 at a time.
LockJudgement judge(const LockPolicy& policy, const Attempt& attempt, WallTime now);

/// Keys of the store. `account` is the account's id, never a name somebody typed.
struct BucketKey {
  std::string key;
  int weight = 1;
};
std::vector<BucketKey> network_buckets(std::string_view account, const IpAddress& client);
std::string device_bucket(std::string_view account, std::string_view device_id);
std::string account_bucket(std::string_view account);

}  // namespace picket::authd
