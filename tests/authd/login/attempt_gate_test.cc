// Locks under concurrency, on both databases: rows 11, 12, 25, 27, 29 and 30 of the attack table, lines 10,
// 26 and 27 of the checklist.
#include "authd/login/attempt_gate.h"

#include "base/metrics/exposition.h"
#include "tests/authd/login/fail2ban.h"
#include "tests/authd/ratelimit/limit_fixture.h"
#include "tests/authd/store/interrupted_stores.h"
#include "tests/authd/store/store_fixture.h"
#include "tests/support/wait.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

class Gate : public OnStores {
 protected:
  Claimant stranger(const std::string& from = "192.0.2.1") const { return {"id-alice", address(from), ""}; }
  Claimant device(const std::string& id = "d1") const { return {"id-alice", address("192.0.2.1"), id}; }

  LockVerdict verdict_of(const Claimant& claimant) {
    auto entered = gate_.enter(claimant, {});
    EXPECT_TRUE(entered) << entered.error().message;
    if (entered->ticket) entered->ticket->passed();
    return entered->verdict;
  }
  void fail_times(const Claimant& claimant, int times) {
    for (int i = 0; i < times; ++i) {
      auto entered = gate_.enter(claimant, {});
      ASSERT_TRUE(entered);
      ASSERT_TRUE(entered->ticket) << "after " << i << ": " << to_string(entered->verdict);
      ASSERT_TRUE(entered->ticket->failed());
    }
  }
  void succeed(const Claimant& claimant) {
    auto entered = gate_.enter(claimant, {});
    ASSERT_TRUE(entered && entered->ticket);
    ASSERT_TRUE(entered->ticket->succeeded());
  }
  std::int64_t locks(const std::string& scope) {
    return metric("authd_lockouts_total{scope=\"" + scope + "\"} ");
  }
  std::int64_t metric(const std::string& series) {
    ExpositionWriter writer(ExpositionFormat::Text004, {});
    const auto collection = registry_.collect();
    while (collection->step(writer)) {
    }
    writer.finish();
    const std::size_t at = writer.out().find("\n" + series);
    EXPECT_NE(at, std::string::npos) << writer.out();
    return std::stol(writer.out().substr(at + 1 + series.size()));
  }

  /// What the tests of locks leave out is on for those of limits.
  AttemptParts parts(FailureStore& failures, MetricRegistry& registry) {
    return {failures, tries_, clock_, registry, log_};
  }

  MetricRegistry registry_;
  std::mutex lines_mutex_;
  std::vector<std::string> lines_;
  Logger log_{{}, clock_, [this](std::string_view line) {
                const std::scoped_lock lock(lines_mutex_);
                lines_.emplace_back(line);
              }};
  LimitFixture limits_{clock_};
  TryLimit tries_{limits_.gate, clock_, log_};
  AttemptGate gate_{parts(stores_->failures(), registry_), LockPolicy{}};
};

TEST_P(Gate, LetsFiveOfSixtyFourWrongOnesInAndLocksOnce) {
  std::atomic<int> hashes = 0, locked = 0, refused = 0, errors = 0;
  race([&](int) {
    auto entered = gate_.enter(stranger(), {});
    if (!entered) {
      ++errors;
    } else if (entered->ticket) {
      ++hashes;
      if (entered->ticket->failed().value()) ++locked;
    } else {
      ++refused;
    }
  });
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(hashes, 5);
  EXPECT_EQ(locked, 1);
  EXPECT_EQ(refused, kRacers - 5);
  EXPECT_EQ(locks("address"), 1);
  EXPECT_EQ(stores_->failures().find(account_bucket("id-alice"))->value().count, 5);
}

TEST_P(Gate, LetsSixtyFourRightOnesInFiveAtATime) {
  std::atomic<int> in = 0, most = 0, done = 0;
  race([&](int) {
    auto entered = gate_.enter(stranger(), {});
    if (!entered || !entered->ticket) return;
    const int now_in = ++in;
    int seen = most;
    while (seen < now_in && !most.compare_exchange_weak(seen, now_in)) {
    }
    EXPECT_TRUE(stores_->failures().find(account_bucket("id-alice"))) << "a moment inside";
    --in;
    if (entered->ticket->succeeded()) ++done;
  });
  EXPECT_EQ(done, kRacers);
  EXPECT_LE(most, 5);
  EXPECT_EQ(locks("address"), 0);
}

TEST_P(Gate, CountsExactlyWhenSomeAreRightAndSomeWrong) {
  std::atomic<int> failed = 0, locked = 0;
  race([&](int number) {
    auto entered = gate_.enter(stranger(), {});
    if (!entered || !entered->ticket) return;
    if (number % 2 == 0) return entered->ticket->passed();
    ++failed;
    if (entered->ticket->failed().value()) ++locked;
  });
  EXPECT_EQ(failed, 5);
  EXPECT_EQ(locked, 1);
}

// Four failures are counted and one attempt runs: the sixth reads "four", then the fifth fails and locks.
TEST_P(Gate, WhoReadBeforeAnotherFailedReadsAgain) {
  fail_times(stranger(), 4);
  InterruptedFailures failures(stores_->failures());
  AttemptGate gate(parts(failures, registry_), LockPolicy{});
  auto fifth = gate.enter(stranger(), {});
  ASSERT_TRUE(fifth && fifth->ticket);
  bool locked = false;
  failures.after_reading(account_bucket("id-alice"), [&] { locked = fifth->ticket->failed().value(); });
  const auto sixth = gate.enter(stranger(), {});
  EXPECT_TRUE(locked);
  ASSERT_TRUE(sixth);
  EXPECT_EQ(sixth->verdict, LockVerdict::Locked);
  EXPECT_FALSE(sixth->ticket);
}

// The other way round: who reads "locked" while an administrator unlocks gets in.
TEST_P(Gate, WhoReadBeforeAnUnlockReadsAgain) {
  fail_times(stranger(), 5);
  InterruptedFailures failures(stores_->failures());
  AttemptGate gate(parts(failures, registry_), LockPolicy{});
  failures.after_reading(account_bucket("id-alice"), [&] { EXPECT_TRUE(gate.unlock("id-alice")); });
  EXPECT_EQ(gate.enter(stranger(), {})->verdict, LockVerdict::Go);
}

TEST_P(Gate, LocksLongerEachTimeAndStartsAgainAfterADayOfQuiet) {
  const struct {
    Duration quiet;  ///< before the five failures
    Duration locked;
  } rows[] = {{0s, 15min}, {15min, 30min}, {30min, 60min}, {24h + 1h, 15min}, {15min, 30min}};
  for (const auto& row : rows) {
    clock_.advance(row.quiet);
    fail_times(stranger(), 5);
    EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
    const auto until =
        stores_->failures().find(network_buckets("id-alice", address("192.0.2.1")).front().key);
    EXPECT_EQ(until->value().locked_until - now(), row.locked);
  }
}

TEST_P(Gate, OpensAgainToTheSecond) {
  fail_times(stranger(), 5);
  clock_.advance(15min - 1s);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
  clock_.advance(1s);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Go);
}

TEST_P(Gate, StrangersDoNotLockTheOwnerOut) {
  fail_times(stranger("198.51.100.7"), 5);
  EXPECT_EQ(verdict_of(stranger("198.51.100.7")), LockVerdict::Locked);
  EXPECT_EQ(verdict_of(stranger("192.0.2.1")), LockVerdict::Go);
  EXPECT_EQ(verdict_of(device()), LockVerdict::Go);
}

TEST_P(Gate, SixtyFourBitsOfIpv6AreOneClient) {
  fail_times(stranger("2001:db8::1"), 5);
  EXPECT_EQ(verdict_of(stranger("2001:db8::ffff:1")), LockVerdict::Locked);
  EXPECT_EQ(verdict_of(stranger("2001:db8:0:1::1")), LockVerdict::Go);
}

TEST_P(Gate, AFiftySixLocksAfterFifteenAndAFortyEightAfterFortyFive) {
  for (int i = 0; i < 15; ++i) fail_times(stranger(fmt::format("2001:db8:0:{:x}::1", i)), 1);
  EXPECT_EQ(verdict_of(stranger("2001:db8:0:ff::1")), LockVerdict::Locked);
  EXPECT_EQ(verdict_of(stranger("2001:db8:0:100::1")), LockVerdict::Go) << "the next /56";
  for (int i = 1; i <= 30; ++i) fail_times(stranger(fmt::format("2001:db8:0:{:x}00::1", i)), 1);
  EXPECT_EQ(verdict_of(stranger("2001:db8:0:ffff::1")), LockVerdict::Locked);
  EXPECT_EQ(verdict_of(stranger("2001:db8:1::1")), LockVerdict::Go) << "the next /48";
  EXPECT_EQ(verdict_of(stranger("192.0.2.1")), LockVerdict::Go);
  EXPECT_EQ(verdict_of(device()), LockVerdict::Go);
}

TEST_P(Gate, WhoHasAFortyEightGetsFortyFiveGuessesAtOnce) {
  std::atomic<int> guesses = 0;
  for (int round = 0; round < 4; ++round) {
    race([&](int number) {
      auto entered = gate_.enter(stranger(fmt::format("2001:db8:0:{:x}{:02x}::1", number, round)), {});
      if (!entered || !entered->ticket) return;
      ++guesses;
      EXPECT_TRUE(entered->ticket->failed());
    });
  }
  EXPECT_EQ(guesses, 45);
}

TEST_P(Gate, AWholeLoginEndsTheCountsOfItsNetworks) {
  for (int i = 0; i < 14; ++i) fail_times(stranger(fmt::format("2001:db8:0:{:x}::1", i)), 1);
  succeed(stranger("2001:db8:0:ff::1"));
  for (int i = 0; i < 14; ++i) fail_times(stranger(fmt::format("2001:db8:0:{:x}::1", i + 32)), 1);
  EXPECT_EQ(verdict_of(stranger("2001:db8:0:fe::1")), LockVerdict::Go);
}

// The lines of the log that docs/security.md gives fail2ban a filter for.
TEST_P(Gate, ALockIsALineOfTheLog) {
  fail_times(stranger("203.0.113.9"), 5);
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("msg=\"login locked\" client=203.0.113.9 scope=address account=id-alice"),
            std::string::npos)
      << lines_[0];
  EXPECT_EQ(banned_by(lines_[0]), "203.0.113.9");
}

TEST_P(Gate, StopsStrangersAtAHundredOverAllAddressesButNotAKnownDevice) {
  for (int i = 0; i < 25; ++i) fail_times(stranger("198.51.100." + std::to_string(i)), 4);
  EXPECT_EQ(locks("account"), 1);
  EXPECT_EQ(locks("address"), 0);
  EXPECT_EQ(verdict_of(stranger("203.0.113.9")), LockVerdict::Stopped);
  clock_.advance(24h * 365);
  EXPECT_EQ(verdict_of(stranger("203.0.113.9")), LockVerdict::Stopped);
  succeed(device());
  EXPECT_EQ(verdict_of(stranger("203.0.113.9")), LockVerdict::Go);
}

TEST_P(Gate, AThousandAddressesAtOnceGetAHundredGuesses) {
  std::atomic<int> guesses = 0;
  for (int round = 0; round < 4; ++round) {
    race([&](int number) {
      auto entered = gate_.enter(stranger(fmt::format("198.51.{}.{}", round, number)), {});
      if (!entered || !entered->ticket) return;
      ++guesses;
      EXPECT_TRUE(entered->ticket->failed());
    });
  }
  EXPECT_EQ(guesses, 100);
}

TEST_P(Gate, AKnownDeviceLocksByItselfAndIsStoppedAtAHundredToo) {
  fail_times(device(), 5);
  EXPECT_EQ(verdict_of(device()), LockVerdict::Locked);
  EXPECT_EQ(verdict_of(device("d2")), LockVerdict::Go);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Go);
  for (int i = 0; i < 19; ++i) {
    clock_.advance(25h);
    fail_times(device(), 5);
  }
  clock_.advance(25h);
  EXPECT_EQ(verdict_of(device()), LockVerdict::Stopped);
  EXPECT_EQ(locks("device"), 21);
}

TEST_P(Gate, AWholeLoginEndsTheCountsOfItsWayInAndOfTheAccount) {
  fail_times(stranger(), 4);
  fail_times(stranger("198.51.100.7"), 4);
  succeed(stranger());
  EXPECT_EQ(stores_->failures().find(account_bucket("id-alice")).value(), std::nullopt);
  fail_times(stranger(), 4);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Go);
  fail_times(stranger("198.51.100.7"), 1);
  EXPECT_EQ(verdict_of(stranger("198.51.100.7")), LockVerdict::Locked);
}

TEST_P(Gate, AStepThatWasRightEndsNoCount) {
  fail_times(stranger(), 4);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Go);
  fail_times(stranger(), 1);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
}

TEST_P(Gate, AnAttemptThatNobodySettledHasFailed) {
  for (int i = 0; i < 5; ++i) static_cast<void>(gate_.enter(stranger(), {}));
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
}

TEST_P(Gate, CountsOutliveTheProcess) {
  fail_times(stranger(), 4);
  MetricRegistry registry;
  AttemptGate next(parts(stores_->failures(), registry), LockPolicy{});
  ASSERT_TRUE(next.enter(stranger(), {})->ticket->failed().value());
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
}

TEST_P(Gate, AnAdministratorsUnlockOpensEveryWayIn) {
  fail_times(stranger(), 5);
  fail_times(device(), 5);
  EXPECT_GT(gate_.unlock("id-alice").value(), 0);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Go);
  EXPECT_EQ(verdict_of(device()), LockVerdict::Go);
}

TEST_P(Gate, WhatALockedOneCostsIsNoFailure) {
  fail_times(stranger(), 4);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(gate_.charge(stranger()));
  for (const std::string& key :
       {account_bucket("id-alice"), network_buckets("id-alice", address("192.0.2.1")).front().key})
    ASSERT_EQ(stores_->failures().find(key)->value().count, 4) << key;
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Go);
}

TEST_P(Gate, WaitsNoLongerThanTheDeadlineOrTheCaller) {
  std::vector<AttemptGate::Ticket> inside;
  inside.reserve(5);
  for (int i = 0; i < 5; ++i) inside.push_back(std::move(*gate_.enter(stranger(), {})->ticket));
  const auto late = gate_.enter(stranger(), {.deadline = Deadline::after(clock_, 0s)});
  EXPECT_EQ(late.error().kind, ErrorKind::Timeout);
  const std::stop_source gone;
  gone.request_stop();
  EXPECT_EQ(gate_.enter(stranger(), {.gone = gone.get_token()}).error().kind, ErrorKind::Timeout);
  std::atomic<bool> entered = false;
  {
    const std::jthread sixth([&] { entered = gate_.enter(stranger(), {})->ticket.has_value(); });
    inside.front().passed();
  }
  EXPECT_TRUE(entered);
  for (std::size_t i = 1; i < inside.size(); ++i) inside[i].passed();
}

TEST_P(Gate, ShowsHowManyLocksAreInForce) {
  const auto active = [&] {
    EXPECT_TRUE(gate_.count_active());
    return metric("authd_lockouts_active ");
  };
  EXPECT_EQ(active(), 0);
  fail_times(stranger(), 5);
  fail_times(stranger("198.51.100.7"), 5);
  fail_times(stranger("203.0.113.9"), 4);
  fail_times(device(), 5);
  EXPECT_EQ(active(), 3);
  clock_.advance(15min);
  EXPECT_EQ(active(), 0);
}

TEST_P(Gate, TakesANewPolicyAtOnce) {
  fail_times(stranger(), 2);
  gate_.reload({.failures = 3});
  fail_times(stranger(), 1);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
}

// By a reload that made the limit smaller, or a daemon that ended between the failure and its lock.
TEST_P(Gate, ALockThatIsDueIsSetByWhoeverComesNextAndEnds) {
  fail_times(stranger(), 4);
  gate_.reload({.failures = 3});
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked) << "and nobody waits for those who do not run";
  EXPECT_EQ(locks("address"), 1);
  EXPECT_EQ(banned_by(lines_.back()), "192.0.2.1");
  clock_.advance(15min);
  fail_times(stranger(), 3);
  EXPECT_EQ(verdict_of(stranger()), LockVerdict::Locked);
  EXPECT_EQ(locks("address"), 2);

  for (const Claimant& claimant : {stranger("198.51.100.7"), device()}) {
    const AttemptKeys keys = AttemptKeys::of(claimant);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(stores_->failures().add(keys.buckets.front().key, now(), {}));
    EXPECT_EQ(verdict_of(claimant), LockVerdict::Locked);
    clock_.advance(15min);
    EXPECT_EQ(verdict_of(claimant), LockVerdict::Go);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Gate, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
