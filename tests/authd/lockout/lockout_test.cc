#include "authd/lockout/lockout.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

constexpr WallTime kNow = test::ManualClock::kStart;
constexpr Duration kMinute = std::chrono::minutes(1);

std::string network_text(int number) {
  return fmt::format("198.18.{}.{}", number / 250 % 250, number % 250);
}

/// A store and a login around the policy: what a use case does, without passwords.
class Logins {
 public:
  LockPolicy policy;
  WallTime now = kNow;
  int checks = 0;  ///< passwords or codes that were really checked

  /// "go" (and then it failed or succeeded), "locked", "stopped".
  std::string attempt(std::string_view address, bool right, std::string_view device = "") {
    const std::vector<BucketKey> keys = device.empty()
                                            ? network_buckets("u", IpAddress::parse(address).value())
                                            : std::vector<BucketKey>{{device_bucket("u", device), 1}};
    FailureCount& account = counts[account_bucket("u")];
    Attempt attempt{.account = account, .known_device = !device.empty()};
    for (const BucketKey& key : keys) attempt.buckets.push_back({counts[key.key], key.weight});
    const LockJudgement judgement = judge(policy, attempt, now);
    if (judgement.verdict != LockVerdict::Go) return std::string(to_string(judgement.verdict));
    ++checks;
    for (const auto& [key, weight] : keys) {
      FailureCount& counted = counts[key];
      counted = right ? FailureCount{} : after_failure(weighted(policy, weight), counted, now);
    }
    account = right ? FailureCount{} : after_failure(policy, account, now);
    return "go";
  }

  std::map<std::string, FailureCount> counts;
};

TEST(Lockout, FiveFailuresLockForFifteenMinutesAndThenTwiceAsLong) {
  Logins logins;
  const std::vector<int> minutes = {15, 30, 60, 120, 240, 240};
  for (const int expected : minutes) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(logins.attempt("192.0.2.1", false), "go") << expected;
    EXPECT_EQ(logins.attempt("192.0.2.1", true), "locked") << "the right password does not help";
    logins.now += expected * kMinute - std::chrono::nanoseconds(1);
    EXPECT_EQ(logins.attempt("192.0.2.1", true), "locked") << expected;
    logins.now += std::chrono::nanoseconds(1);
  }
  EXPECT_EQ(logins.attempt("192.0.2.1", true), "go");
  EXPECT_EQ(logins.checks, 31);
}

TEST(Lockout, ASuccessBeginsAgain) {
  Logins logins;
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(logins.attempt("192.0.2.1", false), "go");
    EXPECT_EQ(logins.attempt("192.0.2.1", true), "go") << round;
  }
  EXPECT_EQ(logins.counts[account_bucket("u")], FailureCount{});
}

TEST(Lockout, TellsUntilWhen) {
  const LockPolicy policy;
  FailureCount count;
  for (int i = 0; i < 5; ++i) count = after_failure(policy, count, kNow + i * kMinute);
  EXPECT_EQ(count.first_at, kNow);
  EXPECT_EQ(count.last_at, kNow + 4 * kMinute);
  const LockJudgement judgement = judge(policy, {.buckets = {{count}}}, kNow + 5 * kMinute);
  EXPECT_EQ(judgement.verdict, LockVerdict::Locked);
  EXPECT_EQ(judgement.until, kNow + 19 * kMinute);
  EXPECT_EQ(tries_left(policy, count, kNow + 5 * kMinute), 0);
  EXPECT_EQ(tries_left(policy, count, kNow + 19 * kMinute), 5);
}

TEST(Lockout, AQuietDayForgivesTheLevelButNotTheTotal) {
  Logins logins;
  for (int i = 0; i < 5; ++i) logins.attempt("192.0.2.1", false);
  logins.now += std::chrono::hours(24);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(logins.attempt("192.0.2.1", false), "go");
  const FailureCount& count = logins.counts.begin()->second;
  EXPECT_EQ(logins.counts[network_buckets("u", IpAddress::parse("192.0.2.1").value()).front().key].level, 1);
  EXPECT_EQ(count.total, 10);
}

TEST(Lockout, ALateFailureOfAnAttemptFromBeforeNeitherShortensNorSkips) {
  const LockPolicy policy;
  FailureCount count;
  for (int i = 0; i < 5; ++i) count = after_failure(policy, count, kNow);
  const WallTime until = count.locked_until;
  count = after_failure(policy, count, kNow - kMinute);
  EXPECT_EQ(count.locked_until, until);
  EXPECT_EQ(count.total, 6);
  EXPECT_EQ(count.last_at, kNow);
}

TEST(Attack11, AHundredFailuresFromAnywhereStopTheAccount) {
  Logins logins;
  int stopped = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (logins.attempt(network_text(i), false) == "stopped") ++stopped;
    logins.now += std::chrono::seconds(10);
  }
  EXPECT_EQ(logins.checks, 100);
  EXPECT_EQ(stopped, 9'900);
  logins.now += std::chrono::hours(24 * 365);
  EXPECT_EQ(logins.attempt("192.0.2.1", true), "stopped") << "time alone does not open it";
  logins.counts[account_bucket("u")] = FailureCount{};
  EXPECT_EQ(logins.attempt("192.0.2.1", true), "go");
}

TEST(Attack11, OneWhoStaysAtOneAddressGetsAHundredToo) {
  Logins logins;
  for (int i = 0; i < 100'000; ++i) {
    logins.attempt("192.0.2.1", false);
    logins.now += kMinute;
  }
  EXPECT_EQ(logins.checks, 100);
}

TEST(Attack11, AStolenDeviceIsCappedByItself) {
  Logins logins;
  for (int i = 0; i < 100'000; ++i) {
    logins.attempt("192.0.2.1", false, "laptop");
    logins.now += kMinute;
  }
  EXPECT_EQ(logins.checks, 100);
  EXPECT_EQ(logins.attempt("192.0.2.1", true, "laptop"), "stopped");
}

TEST(Attack27, AStrangerCannotLockTheOwnerOut) {
  Logins logins;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    for (int i = 0; i < 7; ++i) logins.attempt(network_text(minute), false);
    logins.now += kMinute;
  }
  EXPECT_EQ(logins.attempt("192.0.2.1", true), "stopped") << "an unknown device has to wait for help";
  EXPECT_EQ(logins.attempt("198.18.0.1", true, "laptop"), "go") << "even from the attacker's network";
  EXPECT_EQ(logins.attempt("192.0.2.1", true), "go") << "and that has opened the account";
}

TEST(Attack27, OneAddressLocksOnlyItself) {
  Logins logins;
  for (int i = 0; i < 50; ++i) logins.attempt("198.51.100.7", false);
  EXPECT_EQ(logins.attempt("198.51.100.7", true), "locked");
  EXPECT_EQ(logins.attempt("198.51.100.8", true), "go");
  Logins six;
  for (int i = 0; i < 5; ++i) six.attempt(fmt::format("2001:db8::{}", i + 1), false);
  EXPECT_EQ(six.attempt("2001:db8::ffff", true), "locked") << "a /64 is one client";
  EXPECT_EQ(six.attempt("2001:db8:0:1::1", true), "go");
}

TEST(Attack27, OneWhoHasAWholeFortyEightGetsFortyFiveFailuresPerLock) {
  Logins logins;
  for (int i = 0; i < 60'000; ++i) logins.attempt(fmt::format("2001:db8:0:{:x}::1", i), false);
  EXPECT_EQ(logins.checks, 45);
  EXPECT_EQ(logins.attempt("192.0.2.1", true), "go") << "elsewhere the account is open";
}

TEST(Attack27, TheNetworksOfAnIpv6ClientLockAfterFiveFifteenAndFortyFive) {
  const std::vector<BucketKey> keys = network_buckets("u", IpAddress::parse("2001:db8:1:2:3::4").value());
  ASSERT_EQ(keys.size(), 3U);
  const std::vector<std::pair<const char*, int>> rows = {
      {"u|net:2001:db8:1:2::/64", 5}, {"u|net:2001:db8:1::/56", 15}, {"u|net:2001:db8:1::/48", 45}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(keys[i].key, rows[i].first);
    EXPECT_EQ(weighted({}, keys[i].weight).failures, rows[i].second);
  }
  EXPECT_EQ(network_buckets("u", IpAddress::parse("192.0.2.1").value()).size(), 1U);
}

/// 64 attempts at once, as a login use case runs them: one that must wait is asked again when another ends.
class Race {
 public:
  int checks = 0, succeeded = 0, refused = 0;
  FailureCount bucket, account;

  void run(bool right) {
    int waiting = 64;
    while (waiting > 0) {
      while (waiting > 0 && begin_one()) --waiting;
      ASSERT_TRUE(waiting == 0 || running_ > 0) << "those who wait are never forgotten";
      if (running_ > 0) end_one(right);
    }
    while (running_ > 0) end_one(right);
  }

 private:
  bool begin_one() {
    const Attempt attempt{
        .buckets = {{bucket, 1, running_}}, .account = account, .account_in_flight = running_};
    const LockVerdict verdict = judge(policy_, attempt, kNow).verdict;
    if (verdict == LockVerdict::Wait) return false;
    ++(verdict == LockVerdict::Go ? checks : refused);
    if (verdict == LockVerdict::Go) ++running_;
    return true;
  }
  void end_one(bool right) {
    --running_;
    if (right) ++succeeded;
    bucket = right ? FailureCount{} : after_failure(policy_, bucket, kNow);
    account = right ? FailureCount{} : after_failure(policy_, account, kNow);
  }

  const LockPolicy policy_;
  int running_ = 0;
};

TEST(Attack29, SixtyFourParallelWrongPasswordsCostFiveChecks) {
  Race race;
  race.run(false);
  EXPECT_EQ(race.checks, 5);
  EXPECT_EQ(race.refused, 59);
  EXPECT_EQ(race.account.total, 5);
  EXPECT_EQ(race.bucket.level, 1);
}

TEST(Attack29, ParallelAttemptsFromEverywhereStopAtTheCapExactly) {
  const LockPolicy policy;
  FailureCount account;
  for (int i = 0; i < 97; ++i) account = after_failure(policy, account, kNow);
  for (int in_flight = 0; in_flight < 5; ++in_flight) {
    const LockVerdict verdict =
        judge(policy, {.buckets = {{{}, 1, 0}}, .account = account, .account_in_flight = in_flight}, kNow)
            .verdict;
    EXPECT_EQ(verdict, in_flight < 3 ? LockVerdict::Go : LockVerdict::Wait) << in_flight;
  }
}

TEST(Attack30, SixtyFourParallelRightPasswordsAllSucceed) {
  Race race;
  race.bucket = after_failure({}, after_failure({}, {}, kNow), kNow);
  race.run(true);
  EXPECT_EQ(race.succeeded, 64);
  EXPECT_EQ(race.refused, 0);
  EXPECT_EQ(race.bucket, FailureCount{});
}

Result<LockPolicy> policy_of(std::string_view yaml) {
  const RealFiles files;
  return parse_config<LockPolicy>(yaml, "authd.yml", files);
}

TEST(LockPolicy, IsReadAndBounded) {
  const LockPolicy policy =
      policy_of("{failures: 3, first_lock: 30s, longest_lock: 1h, account_failures: 50}").value();
  EXPECT_EQ(policy.failures, 3);
  EXPECT_EQ(policy.first_lock, std::chrono::seconds(30));
  EXPECT_EQ(policy.account_failures, 50);
  EXPECT_EQ(policy_of("")->longest_lock, std::chrono::hours(4));
  for (const char* const yaml :
       {"failures: 0", "failures: 101", "account_failures: 101", "account_failures: 4", "first_lock: 0s",
        "longest_lock: 1m", "longest_lock: 31d", "failure: 5"}) {
    EXPECT_FALSE(policy_of(yaml)) << yaml;
  }
}

}  // namespace
}  // namespace picket::authd
