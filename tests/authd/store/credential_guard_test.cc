#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class Credentials : public OnStores {};

TEST_P(Credentials, ApiKeysAreFoundRevokedAndCounted) {
  auto& keys = stores_->api_keys();
  ASSERT_TRUE(keys.add({.id = "k1",
                        .user_id = "u",
                        .public_id = "p1",
                        .mac = "m",
                        .name = "ci",
                        .scopes = {"users:read", "metrics:*"},
                        .tier = "api:public",
                        .created_at = now()}));
  ASSERT_TRUE(keys.add({.id = "k2", .user_id = "u", .public_id = "p2", .expires_at = later(1h)}));
  EXPECT_EQ(keys.add({.id = "k3", .user_id = "v", .public_id = "p1"}).error().kind, ErrorKind::Conflict);
  const ApiKey found = keys.find_by_public_id("p1").value().value();
  EXPECT_EQ(found.scopes, (std::vector<std::string>{"users:read", "metrics:*"}));
  EXPECT_TRUE(found.is_live(later(1000h)));
  EXPECT_FALSE(keys.find_by_public_id("p2")->value().is_live(later(1h)));
  EXPECT_EQ(keys.list("u")->size(), 2U);
  EXPECT_EQ(keys.list("")->front().id, "k2");
  ASSERT_TRUE(keys.add_usage("k1", 3, now()));
  ASSERT_TRUE(keys.add_usage("k1", 4, later(1min)));
  ASSERT_EQ(keys.usage("k1", now())->size(), 2U);
  EXPECT_EQ(keys.usage("k1", later(1min))->front().count, 4);
  EXPECT_EQ(keys.find_by_public_id("p1")->value().last_used_at, later(1min));
  EXPECT_EQ(keys.prune_usage(later(1min)).value(), 1);
  EXPECT_FALSE(keys.revoke("v", "k1", now()).value()) << "another user's";
  EXPECT_TRUE(keys.revoke("", "k1", now()).value()) << "an admin";
  EXPECT_FALSE(keys.find_by_public_id("p1")->value().is_live(now()));
  EXPECT_EQ(keys.revoke_all("u", now()).value(), 1);
}

TEST_P(Credentials, LinksAreGoodForTheirPurposeAndTime) {
  auto& links = stores_->links();
  const Link invite{.hash = "l",
                    .kind = LinkKind::Invite,
                    .email = "x@example.org",
                    .role = "manager",
                    .created_at = now(),
                    .expires_at = later(24h)};
  ASSERT_TRUE(links.add(invite));
  EXPECT_EQ(links.find("l")->value().role, "manager");
  const auto makes = [&](const Link& link, const std::string& name) {
    return stores_->accounts().create_by(link, user(name)).value();
  };
  Link other = invite;
  other.kind = LinkKind::PasswordReset;
  EXPECT_FALSE(makes(other, "a")) << "of another kind";
  other = invite;
  other.hash = "x";
  EXPECT_FALSE(makes(other, "a")) << "unknown";
  created("b");
  EXPECT_EQ(stores_->accounts().create_by(invite, user("b")).error().kind, ErrorKind::Conflict);
  clock_.advance(24h - 1ms);
  EXPECT_TRUE(makes(invite, "a")) << "a taken name does not spend it";
  EXPECT_FALSE(makes(invite, "c")) << "once";
}

TEST_P(Credentials, LinksEndWithTheirTimeAndWithANewPassword) {
  auto& links = stores_->links();
  User alice = created("alice");
  const auto link = [&](const std::string& hash) {
    return Link{.hash = hash, .kind = LinkKind::PasswordReset, .user_id = alice.id, .expires_at = later(1h)};
  };
  const auto allows = [&](const Link& one) {
    return stores_->accounts().update_by(one, alice).value().has_value();
  };
  const Link old = link("old");
  ASSERT_TRUE(links.add(old));
  clock_.advance(1h);
  EXPECT_FALSE(allows(old)) << "too late";
  const Link first = link("r1"), second = link("r2");
  ASSERT_TRUE(links.add(first) && links.add(second));
  alice.password_hash = "$argon2id$new";
  EXPECT_TRUE(allows(first));
  alice = stores_->accounts().find(alice.id)->value();
  EXPECT_FALSE(allows(second)) << "it would undo what the person has just done";
  const Link third = link("r3");
  ASSERT_TRUE(links.add(third));
  EXPECT_EQ(links.revoke_all(alice.id, LinkKind::PasswordReset, now()).value(), 1);
  EXPECT_FALSE(allows(third));
  EXPECT_EQ(links.prune(later(2h)).value(), 4);
}

TEST_P(Credentials, OneSigningKeyIsNextAndOneActive) {
  auto& keys = stores_->signing_keys();
  ASSERT_TRUE(keys.add({.kid = "a",
                        .algorithm = "EdDSA",
                        .private_key = Secret("PEM a"),
                        .public_jwk = "{}",
                        .state = StoredKeyState::Active,
                        .created_at = now()}));
  ASSERT_TRUE(keys.add({.kid = "b", .private_key = Secret("PEM b"), .created_at = later(1s)}));
  EXPECT_EQ(keys.add({.kid = "c"}).error().kind, ErrorKind::Conflict) << "another replica made the next";
  EXPECT_FALSE(keys.promote("a", now()).value());
  EXPECT_FALSE(keys.promote("x", now()).value());
  ASSERT_EQ(keys.list()->size(), 2U);
  EXPECT_EQ(keys.list()->front().state, StoredKeyState::Active) << "nothing else changed";
  EXPECT_TRUE(keys.promote("b", later(1h)).value());
  EXPECT_EQ(keys.list()->front().retired_at, later(1h));
  EXPECT_EQ(keys.list()->back().private_key.reveal(), "PEM b");
  EXPECT_TRUE(keys.add({.kid = "c"}));
  EXPECT_EQ(keys.remove_retired(later(1h)).value(), 0);
  EXPECT_EQ(keys.remove_retired(later(2h)).value(), 1);
}

TEST_P(Credentials, FailuresAreForgottenLockedAndCleared) {
  auto& failures = stores_->failures();
  EXPECT_EQ(failures.add("alice|net", now(), WallTime{})->count, 1);
  clock_.advance(10min);
  EXPECT_EQ(failures.add("alice|net", now(), now() - 15min)->count, 2);
  clock_.advance(20min);
  const StoredFailures again = failures.add("alice|net", now(), now() - 15min).value();
  EXPECT_EQ(again.count, 1);
  EXPECT_EQ(again.first_at, now());
  ASSERT_TRUE(failures.take_back("alice|net"));
  EXPECT_EQ(failures.find("alice|net")->value().count, 0);
  ASSERT_TRUE(failures.take_back("alice|net"));
  EXPECT_EQ(failures.find("alice|net")->value().count, 0) << "never below";
  EXPECT_TRUE(failures.lock("alice|net", 0, later(15min)).value());
  EXPECT_EQ(failures.count_locked(now()).value(), 1);
  EXPECT_EQ(failures.count_locked(later(15min)).value(), 0);
  ASSERT_TRUE(failures.add("alice|other", now(), WallTime{}));
  ASSERT_TRUE(failures.add("alicia|net", now(), WallTime{}));
  EXPECT_EQ(failures.prune(later(1min), now()).value(), 2) << "what is locked stays";
  ASSERT_TRUE(failures.add("alice|net:192.0.2.1/32|locked", now(), WallTime{}));
  ASSERT_TRUE(failures.add("alice|device:d1", now(), WallTime{}));
  EXPECT_EQ(failures.locks_of("alice", now())->size(), 1U);
  EXPECT_EQ(failures.unlock("alice", now()).value(), 3);
  EXPECT_FALSE(failures.unlock("", now()));
  std::vector<std::string> subjects;
  const auto forgotten = failures.forgotten_since(now()).value();
  subjects.reserve(forgotten.size());
  for (const ForgottenTries& row : forgotten) subjects.push_back(row.subject);
  EXPECT_EQ(subjects, (std::vector<std::string>{"192.0.2.1/32", "account:alice", "device:d1"}));
  EXPECT_TRUE(failures.forgotten_since(later(1ms))->empty());
  EXPECT_TRUE(failures.locks_of("alice", now())->empty());
  ASSERT_TRUE(failures.add("%", now(), WallTime{}));
  ASSERT_TRUE(failures.clear("%"));
  EXPECT_FALSE(failures.find("%").value());
}

TEST_P(Credentials, BlocksGrowAndNeverShrink) {
  auto& blocks = stores_->blocks();
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "five violations", "limits", now(), later(1h)}));
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "shorter", "webhook", now(), later(1min)}));
  ASSERT_EQ(blocks.list(now())->size(), 1U);
  EXPECT_EQ(blocks.list(now())->front().reason, "five violations");
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "longer", "webhook", now(), later(2h)}));
  EXPECT_EQ(blocks.list(now())->front().expires_at, later(2h));
  EXPECT_TRUE(blocks.list(later(2h))->empty());
  EXPECT_FALSE(blocks.remove("198.51.100.0/24").value());
  EXPECT_TRUE(blocks.remove("192.0.2.0/24").value());
}

// What a program blocks changes nothing about what a person has blocked.
TEST_P(Credentials, APersonsBlockGoesBeforeAnAutomaticOne) {
  auto& blocks = stores_->blocks();
  const auto stored = [&] {
    const auto all = blocks.list(now()).value();
    return all.size() == 1 ? all.front() : StoredBlock{};
  };
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "five violations", "limits", now(), later(2h)}));
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "on purpose", "id-root", now(), later(1h), true}));
  EXPECT_EQ(stored().expires_at, later(1h)) << "with its end";
  EXPECT_TRUE(stored().sessions);
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "five violations", "limits", now(), later(3h)}));
  EXPECT_EQ(stored().reason, "on purpose");
  EXPECT_EQ(stored().expires_at, later(1h));
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "milder", "id-root", now(), later(30min)}));
  EXPECT_EQ(stored().expires_at, later(30min)) << "as it was asked for";
  EXPECT_FALSE(stored().sessions);
  clock_.advance(1h);
  ASSERT_TRUE(blocks.put({"192.0.2.0/24", "an alert", "webhook", now(), later(1h)}));
  EXPECT_EQ(stored().reason, "an alert") << "once it is over";
}

INSTANTIATE_TEST_SUITE_P(Engines, Credentials, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
