// Line 17 of the checklist and rows 10, 17, 20 and 29 of the attack table: of 64 callers at once, as many win
// as may, on both databases.
#include <array>

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class OneTime : public OnStores {};

TEST_P(OneTime, TotpStepIsSpentOnce) {
  auto& factors = stores_->factors();
  ASSERT_TRUE(factors.begin_totp("u", {Secret("0123456789"), "SHA1", 6}).value());
  ASSERT_TRUE(factors.confirm_totp("u", 100, now()).value());
  EXPECT_EQ(winners([&] { return factors.spend_totp_step("u", 101); }), 1);
  EXPECT_EQ(winners([&] { return factors.spend_totp_step("u", 101); }), 0);
  EXPECT_EQ(factors.find("u")->totp_last_step, 101);
}

TEST_P(OneTime, EnrolmentCodeIsSpentOnce) {
  auto& factors = stores_->factors();
  ASSERT_TRUE(factors.begin_totp("u", {Secret("0123456789"), "SHA1", 6}).value());
  EXPECT_EQ(winners([&] { return factors.confirm_totp("u", 100, now()); }), 1);
  EXPECT_EQ(winners([&] { return factors.spend_totp_step("u", 100); }), 0);
}

TEST_P(OneTime, BackupCodeIsUsedOnce) {
  auto& factors = stores_->factors();
  ASSERT_TRUE(factors.replace_backup_codes("u", {{0, "h0", {}}, {1, "h1", {}}}));
  EXPECT_EQ(winners([&] { return factors.use_backup_code("u", {1, "h1", {}}, now()); }), 1);
  EXPECT_EQ(factors.backup_codes("u")->at(0).used_at, WallTime{});
}

TEST_P(OneTime, ChallengeIsUsedOnce) {
  auto& challenges = stores_->challenges();
  ASSERT_TRUE(challenges.create({.id_hash = "c", .user_id = "u", .expires_at = later(5min)}));
  EXPECT_EQ(winners([&] { return challenges.use("c", now()); }), 1);
}

TEST_P(OneTime, ChallengeGivesAsManyTriesAsItHas) {
  auto& challenges = stores_->challenges();
  ASSERT_TRUE(challenges.create({.id_hash = "c", .user_id = "u", .expires_at = later(5min)}));
  EXPECT_EQ(winners([&] { return challenges.count_try("c", 5, now()); }), 5);
  EXPECT_EQ(challenges.find("c")->value().tries, 5);
}

TEST_P(OneTime, LinkAllowsOneUpdate) {
  const User before = created("alice");
  const Link link{.hash = "l", .kind = LinkKind::VerifyEmail, .user_id = before.id, .expires_at = later(1h)};
  ASSERT_TRUE(stores_->links().add(link));
  EXPECT_EQ(winners([&]() -> Result<bool> {
              const auto updated = stores_->accounts().update_by(link, before);
              if (!updated && updated.error().kind == ErrorKind::Conflict) return false;
              if (!updated) return fail(updated);
              return updated->has_value();
            }),
            1);
}

TEST_P(OneTime, LinkMakesOneAccount) {
  const Link link{.hash = "l", .kind = LinkKind::Invite, .expires_at = later(1h)};
  ASSERT_TRUE(stores_->links().add(link));
  std::atomic<int> number = 0;
  EXPECT_EQ(winners([&] { return stores_->accounts().create_by(link, user(std::to_string(++number))); }), 1);
}

TEST_P(OneTime, RefreshTokenIsRotatedOnce) {
  ASSERT_TRUE(stores_->sessions().create(session("s", "u")));
  const RefreshState next{.active = 1, .rotated_at = now(), .rotated_by = "client"};
  EXPECT_EQ(winners([&] { return stores_->sessions().rotate("s", next, now()); }), 1);
  const Session after = stores_->sessions().find("s").value().value();
  EXPECT_EQ(after.refresh.active, 1);
  EXPECT_EQ(after.refresh.version, 1);
}

TEST_P(OneTime, SessionIsRevokedOnce) {
  ASSERT_TRUE(stores_->sessions().create(session("s", "u")));
  EXPECT_EQ(winners([&] { return stores_->sessions().revoke("s", {"logout", now()}); }), 1);
  EXPECT_EQ(one("SELECT COUNT(*) FROM ended_grants WHERE grant_id = 's'"), "1");
}

TEST_P(OneTime, DeviceAndApiKeyAreRevokedOnce) {
  ASSERT_TRUE(
      stores_->devices().add({.id = "d", .user_id = "u", .token_hash = "t", .expires_at = later(1h)}));
  EXPECT_EQ(winners([&] { return stores_->devices().revoke("u", "d", now()); }), 1);
  ASSERT_TRUE(stores_->api_keys().add({.id = "k", .user_id = "u", .public_id = "p"}));
  EXPECT_EQ(winners([&] { return stores_->api_keys().revoke("u", "k", now()); }), 1);
}

TEST_P(OneTime, FailuresAreCountedExactly) {
  std::array<std::atomic<int>, kRacers + 1> seen{};
  race([&](int) {
    const auto counted = stores_->failures().add("alice|192.0.2.0/24", now(), WallTime{});
    if (counted) ++seen.at(static_cast<std::size_t>(counted->count));
  });
  EXPECT_EQ(seen[0], 0);
  for (std::size_t count = 1; count < seen.size(); ++count) EXPECT_EQ(seen.at(count), 1) << count;
}

TEST_P(OneTime, LockIsSetOnceForEachLevel) {
  auto& failures = stores_->failures();
  ASSERT_TRUE(failures.add("alice", now(), WallTime{}));
  EXPECT_EQ(winners([&] { return failures.lock("alice", 0, later(15min)); }), 1);
  EXPECT_EQ(winners([&] { return failures.lock("alice", 1, later(30min)); }), 1);
  EXPECT_EQ(failures.find("alice")->value().level, 2);
}

TEST_P(OneTime, ApiUsesAreAllCounted) {
  ASSERT_TRUE(stores_->api_keys().add({.id = "k", .user_id = "u", .public_id = "p"}));
  std::atomic<int> errors = 0;
  race([&](int) {
    if (!stores_->api_keys().add_usage("k", 2, now())) ++errors;
  });
  EXPECT_EQ(errors, 0);
  const auto usage = stores_->api_keys().usage("k", now());
  ASSERT_EQ(usage->size(), 1U);
  EXPECT_EQ(usage->front().count, 2 * kRacers);
}

TEST_P(OneTime, SigningKeyIsPromotedOnce) {
  auto& keys = stores_->signing_keys();
  ASSERT_TRUE(keys.add({.kid = "old", .state = StoredKeyState::Active, .created_at = now()}));
  ASSERT_TRUE(keys.add({.kid = "new", .state = StoredKeyState::Next, .created_at = later(1s)}));
  EXPECT_EQ(winners([&] { return keys.promote("new", now()); }), 1);
  const auto all = keys.list();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].state, StoredKeyState::Retired);
  EXPECT_EQ((*all)[1].state, StoredKeyState::Active);
}

TEST_P(OneTime, FirstOwnerIsMadeOnce) {
  std::atomic<int> made = 0;
  race([&](int number) {
    const auto outcome = stores_->accounts().create_first_owner(user(std::to_string(number), Role::Owner));
    if (outcome && *outcome) ++made;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(stores_->accounts().count_owners().value(), 1);
}

TEST_P(OneTime, NameIsTakenOnce) {
  std::atomic<int> made = 0, taken = 0;
  race([&](int number) {
    User wanted = user("alice");
    wanted.id += std::to_string(number);
    const auto outcome = stores_->accounts().create(wanted);
    if (outcome) ++made;
    if (!outcome && outcome.error().kind == ErrorKind::Conflict) ++taken;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(one("SELECT COUNT(*) FROM users"), "1");
  EXPECT_GT(taken, 0);
}

TEST_P(OneTime, LastOwnerStaysWhoeverSendsTheOtherAway) {
  const std::array owners{created("anna", Role::Owner), created("otto", Role::Owner)};
  std::atomic<int> demoted = 0;
  race([&](int number) {
    User after = owners.at(static_cast<std::size_t>(number % 2));
    after.role = Role::User;
    if (stores_->accounts().update(after)) ++demoted;
  });
  EXPECT_EQ(demoted, 1);
  EXPECT_EQ(stores_->accounts().count_owners().value(), 1);
}

// Whoever was told that it happened is in the feed; the others were told that it did not.
TEST_P(OneTime, LogoutEverywhereIsLostForNobody) {
  created("alice");
  std::atomic<int> told = 0;
  race([&](int) {
    if (stores_->accounts().end_grants("id-alice")) ++told;
  });
  EXPECT_GT(told, 0);
  EXPECT_EQ(stores_->accounts().find("id-alice")->value().epoch, 1 + told);
  EXPECT_EQ(one("SELECT COUNT(*) FROM ended_grants"), std::to_string(told));
}

INSTANTIATE_TEST_SUITE_P(Engines, OneTime, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
