// Two gates on one store, as two replicas have them.
#include "authd/guards/shared_guards.h"

#include <gtest/gtest.h>

#include "authd/ratelimit/memory_limiter.h"
#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const RateLimitConfig> config() {
  RateLimitConfig made;
  made.tiers = {{.name = "tight", .limit = 2, .window = 1min, .paths = {"/"}, .guards_secrets = true}};
  made.violations = {.count = 1, .within = 15min, .block_for = 1h};
  return std::make_shared<const RateLimitConfig>(std::move(made));
}

struct Replica {
  Replica(Stores& stores, const Clock& clock)
      : limiter(clock, 1000),
        gate(config(), limiter, clock),
        guards({stores.blocks(), stores.user_limits(), stores.failures()}, gate, clock) {}

  Admission ask(const std::string& address, const std::string& user = "") {
    return gate.admit({.address = IpAddress::parse(address).value(), .user = user, .path = "/"}).admission;
  }

  MemoryLimiter limiter;
  LimitGate gate;
  SharedGuards guards;
};

class SharedGuardsTest : public OnStores {
 protected:
  Block block_of(const std::string& network, Duration time = 1h) const {
    return {Cidr::parse(network).value(), later(time), "test", "id-root"};
  }

  Replica here_{*stores_, clock_};
  Replica there_{*stores_, clock_};
};

TEST_P(SharedGuardsTest, WhatIsBlockedOrOpenedHereIsSoThere) {
  ASSERT_TRUE(here_.guards.block(block_of("::ffff:192.0.2.77/120")));
  EXPECT_EQ(here_.ask("192.0.2.1"), Admission::Blocked);
  EXPECT_EQ(there_.ask("192.0.2.1"), Admission::Admitted);
  ASSERT_TRUE(there_.guards.exchange());
  EXPECT_EQ(there_.ask("192.0.2.1"), Admission::Blocked);
  EXPECT_EQ(stores_->blocks().list(now())->front().prefix, "192.0.2.0/24");
  for (const Replica* replica : {&here_, &there_})
    EXPECT_EQ(replica->gate.blocks().front().source, "id-root") << "the same name on both";

  EXPECT_TRUE(there_.guards.unblock(Cidr::parse("192.0.2.9/24").value()).value());
  EXPECT_EQ(there_.ask("192.0.2.1"), Admission::Admitted);
  EXPECT_EQ(here_.ask("192.0.2.1"), Admission::Blocked);
  ASSERT_TRUE(here_.guards.exchange());
  EXPECT_EQ(here_.ask("192.0.2.1"), Admission::Admitted);
  EXPECT_FALSE(here_.guards.unblock(Cidr::parse("192.0.2.0/24").value()).value());
}

TEST_P(SharedGuardsTest, WhoRunsIntoLimitsHereIsBlockedThere) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(here_.ask("192.0.2.1"), Admission::Admitted);
  EXPECT_EQ(here_.ask("192.0.2.1"), Admission::Limited);
  ASSERT_TRUE(here_.guards.exchange());
  ASSERT_TRUE(there_.guards.exchange());
  EXPECT_EQ(there_.ask("192.0.2.1"), Admission::Blocked);
  const auto stored = stores_->blocks().list(now()).value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored.front().created_by, "limits");
  ASSERT_TRUE(here_.guards.exchange());
  EXPECT_EQ(stores_->blocks().list(now())->size(), 1U);
  clock_.advance(1h);
  EXPECT_EQ(there_.ask("192.0.2.1"), Admission::Admitted);
}

TEST_P(SharedGuardsTest, ALongerBlockIsToldAShorterOneIsNot) {
  ASSERT_TRUE(here_.guards.block(block_of("192.0.2.0/24", 2h)));
  ASSERT_TRUE(there_.gate.block(block_of("192.0.2.0/24", 1h)));
  ASSERT_TRUE(there_.guards.exchange());
  EXPECT_EQ(stores_->blocks().list(now())->front().expires_at, later(2h));
  ASSERT_TRUE(there_.gate.block(block_of("192.0.2.0/24", 3h)));
  ASSERT_TRUE(there_.guards.exchange());
  EXPECT_EQ(stores_->blocks().list(now())->front().expires_at, later(3h));
}

TEST_P(SharedGuardsTest, WhereNothingChangedNothingIsRead) {
  ASSERT_TRUE(here_.guards.block(block_of("192.0.2.0/24")));
  ASSERT_TRUE(there_.guards.exchange());
  const auto before = stores_->blocks().revision().value();
  ASSERT_TRUE(stores_->blocks().put({"192.0.2.0/24", "shorter", "webhook", now(), later(1min)}));
  EXPECT_FALSE(stores_->blocks().remove("203.0.113.0/24").value());
  EXPECT_EQ(stores_->blocks().revision().value(), before) << "that changed nothing";
  run("INSERT INTO blocks (prefix, reason, created_by, created_at, expires_at) "
      "VALUES ('198.51.100.0/24', 'by hand', '', 0, 9000000000000)");
  run("INSERT INTO user_limits (user_id, tier, requests_max, set_by, set_at) VALUES ('u', 'tight', 1, '', "
      "0)");
  const auto own_limit = [this] {
    return there_.gate.explain({.user = "u", .path = "/"}).standings.front().decision.limit;
  };
  ASSERT_TRUE(there_.guards.exchange());
  EXPECT_EQ(there_.ask("198.51.100.1"), Admission::Admitted);
  EXPECT_EQ(own_limit(), 2U);
  run("UPDATE guard_revisions SET revision = revision + 1");
  ASSERT_TRUE(there_.guards.exchange());
  EXPECT_EQ(there_.ask("198.51.100.1"), Admission::Blocked);
  EXPECT_EQ(own_limit(), 1U);
}

TEST_P(SharedGuardsTest, OnesOwnLimitHoldsOnBoth) {
  const UserLimit wide{"id-ann", "tight", 5, "id-root", now()};
  ASSERT_TRUE(here_.guards.set_limit(wide));
  ASSERT_TRUE(there_.guards.exchange());
  for (Replica* replica : {&here_, &there_}) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(replica->ask("192.0.2.1", "id-ann"), Admission::Admitted) << i;
    EXPECT_EQ(replica->ask("192.0.2.1", "id-ann"), Admission::Limited);
  }
  const auto own = here_.guards.limits_of("id-ann").value();
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own.front().limit, 5U);
  EXPECT_EQ(own.front().set_by, "id-root");
  EXPECT_TRUE(here_.guards.limits_of("id-bob")->empty());
  EXPECT_EQ(here_.guards.set_limit({"id-ann", "no tier", 5, "id-root", now()}).error().kind,
            ErrorKind::NotFound);
}

TEST_P(SharedGuardsTest, AFullListTakesAChangeAndNobodyNew) {
  ASSERT_TRUE(patient_->execute(
      "INSERT INTO user_limits (user_id, tier, requests_max, set_by, set_at) WITH RECURSIVE "
      "n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)) "
      "SELECT 'id-' || i, 'tight', 1, 'id-root', 0 FROM n",
      {std::int64_t{SharedGuards::kUserLimitsMax}}));
  EXPECT_EQ(here_.guards.set_limit({"id-0", "tight", 9, "id-root", now()}).error().kind, ErrorKind::Conflict);
  ASSERT_TRUE(here_.guards.set_limit({"id-7", "tight", 9, "id-root", now()}));
  EXPECT_EQ(here_.guards.limits_of("id-7")->front().limit, 9U);
}

TEST_P(SharedGuardsTest, ALimitThatIsTakenBackOrWhosePersonIsGoneHoldsNoMore) {
  ASSERT_TRUE(stores_->accounts().create(user("ann")));
  ASSERT_TRUE(here_.guards.set_limit({"id-ann", "tight", 1, "id-root", now()}));
  EXPECT_EQ(here_.gate.explain({.user = "id-ann", .path = "/"}).standings.front().decision.limit, 1U);
  EXPECT_TRUE(here_.guards.clear_limit("id-ann", "tight").value());
  EXPECT_EQ(here_.gate.explain({.user = "id-ann", .path = "/"}).standings.front().decision.limit, 2U);
  EXPECT_FALSE(here_.guards.clear_limit("id-ann", "tight").value());
  ASSERT_TRUE(here_.guards.set_limit({"id-ann", "tight", 1, "id-root", now()}));
  ASSERT_TRUE(stores_->accounts().remove("id-ann"));
  EXPECT_TRUE(here_.guards.limits_of("id-ann")->empty());
}

TEST_P(SharedGuardsTest, WhoIsUnlockedMayTryAgainOnBothFromWhereTheyFailed) {
  const SecretTry attempt{
      .tier = "tight", .caller = {.address = IpAddress::parse("192.0.2.1").value()}, .account = "id-ann"};
  const auto is_let_in = [&](Replica& replica) {
    return replica.gate.begin_try(attempt).admission == Admission::Admitted;
  };
  ASSERT_TRUE(stores_->failures().add("id-ann|net:192.0.2.1/32", now(), WallTime{}));
  for (Replica* replica : {&here_, &there_}) {
    EXPECT_TRUE(is_let_in(*replica) && is_let_in(*replica));
    EXPECT_FALSE(is_let_in(*replica));
  }
  ASSERT_TRUE(stores_->failures().unlock("id-ann", now()));
  for (Replica* replica : {&here_, &there_}) {
    ASSERT_TRUE(replica->guards.exchange());
    EXPECT_TRUE(is_let_in(*replica) && is_let_in(*replica));
    ASSERT_TRUE(replica->guards.exchange());
    EXPECT_FALSE(is_let_in(*replica)) << "an unlock is followed once";
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, SharedGuardsTest, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
