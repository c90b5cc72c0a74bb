#include "authd/tokens/api_key.h"
#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class ByApiKey : public OnReplicas {
 protected:
  /// A key of the user's, in the store.
  NewApiKey made(const std::string& user_id, WallTime expires_at = {}) {
    NewApiKey made = make_api_key(random_, Secret("mac key"));
    ApiKey key;
    key.id = "key of " + user_id;
    key.user_id = user_id;
    key.public_id = made.lookup_id;
    key.mac = made.mac;
    key.scopes = {"users:read", "audit:*"};
    key.tier = "api-key";
    key.created_at = now();
    key.expires_at = expires_at;
    EXPECT_TRUE(stores_->api_keys().add(key));
    return made;
  }
};

TEST_P(ByApiKey, SaysWhoseItIsAndWhatItMay) {
  const auto here = replica();
  created("alice", Role::Manager);
  const NewApiKey key = made("id-alice");
  const auto identity = here->check.by_api_key(key.text.reveal());
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user_id, "id-alice");
  EXPECT_EQ(identity->username, "alice");
  EXPECT_EQ(identity->role, Role::Manager);
  EXPECT_EQ(identity->scopes, (std::vector<std::string>{"users:read", "audit:*"}));
  EXPECT_EQ(identity->tier, "api-key");
  EXPECT_EQ(identity->key_id, "key of id-alice");
  EXPECT_EQ(identity->session_id, "");
  EXPECT_EQ(identity->via, Via::ApiKey);
}

TEST_P(ByApiKey, IsRefusedAlikeWhateverIsWrong) {
  const auto here = replica();
  for (const std::string name : {"alice", "bob", "carol"}) created(name);
  const std::string good = made("id-alice").text.reveal();
  const NewApiKey unknown = make_api_key(random_, Secret("mac key"));
  const NewApiKey expired = made("id-bob", now());
  const NewApiKey orphan = made("id-nobody");
  User carol = stores_->accounts().find("id-carol")->value();
  const NewApiKey suspended = made("id-carol");
  carol.status = Status::Suspended;
  ASSERT_TRUE(stores_->accounts().update(carol));
  std::string forged = good;
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  for (const std::string& wrong :
       {std::string(), std::string("pak_"), good + "A", forged, unknown.text.reveal(), expired.text.reveal(),
        orphan.text.reveal(), suspended.text.reveal()}) {
    const auto identity = here->check.by_api_key(wrong);
    ASSERT_FALSE(identity) << wrong;
    EXPECT_EQ(identity.error().kind, ErrorKind::Denied) << wrong;
    EXPECT_EQ(identity.error().message, "not believed") << wrong;
  }
  EXPECT_EQ(word(here->check.by_api_key(good)), "believed");
}

// The server's own thread asks so, and hands on what it gets no answer to.
TEST_P(ByApiKey, IsSeenOnlyWhileTheStoreNeedNotBeAsked) {
  const auto here = replica();
  created("alice");
  const std::string key = made("id-alice").text.reveal();
  std::string forged = key;
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  EXPECT_FALSE(here->check.by_seen_api_key(key)) << "never read";
  EXPECT_EQ(word(here->check.by_api_key(key)), "believed");
  for (const std::string table : {"users", "api_keys"}) hide(table);
  EXPECT_EQ(word(here->check.by_seen_api_key(key).value()), "believed");
  EXPECT_EQ(word(here->check.by_seen_api_key(forged).value()), "denied");
  EXPECT_EQ(word(here->check.by_seen_api_key("pak_").value()), "denied");
  for (const std::string table : {"users", "api_keys"}) show(table);
  here->ended.note_epoch("id-alice", 99);
  EXPECT_FALSE(here->check.by_seen_api_key(key)) << "its user may have changed";
  advance(5s + 1ms, {here.get()});
  EXPECT_FALSE(here->check.by_seen_api_key(key)) << "read too long ago";
}

// Line 32 of the checklist: within a second on every replica.
TEST_P(ByApiKey, EndsOnEveryReplicaWhenItIsRevokedOrItsUserGoes) {
  const auto here = replica();
  const auto there = replica();
  const std::vector<std::pair<std::string, std::function<void(const std::string&)>>> rows{
      {"revoked",
       [&](const std::string& id) {
         ASSERT_TRUE(stores_->api_keys().revoke(id, "key of " + id, now()).value());
       }},
      {"suspended",
       [&](const std::string& id) {
         User user = stores_->accounts().find(id)->value();
         user.status = Status::Suspended;
         ASSERT_TRUE(stores_->accounts().update(user));
       }},
      {"deleted", [&](const std::string& id) { ASSERT_TRUE(stores_->accounts().remove(id)); }},
  };
  for (const auto& [name, end] : rows) {
    const std::string key = made(created(name).id).text.reveal();
    for (Replica* const on : {here.get(), there.get()}) {
      EXPECT_EQ(word(on->check.by_api_key(key)), "believed") << name;
    }
    end("id-" + name);
    advance(250ms, {here.get(), there.get()});
    for (Replica* const on : {here.get(), there.get()}) {
      EXPECT_EQ(word(on->check.by_api_key(key)), "denied") << name;
      EXPECT_EQ(word(on->check.by_api_key(key)), "denied") << name;
    }
  }
}

// The table "What a change ends" of docs/security.md.
TEST_P(ByApiKey, EndsByAnotherRoleAMailedPasswordAndAResetOfFactors) {
  const auto here = replica();
  const auto there = replica();
  const std::vector<std::pair<std::string, std::function<void(User)>>> rows{
      {"promoted",
       [&](User user) {
         user.role = Role::Manager;
         ASSERT_TRUE(stores_->accounts().update(user));
       }},
      {"demoted",
       [&](User user) {
         user.role = Role::Guest;
         ASSERT_TRUE(stores_->accounts().update(user));
       }},
      {"mailed",
       [&](User user) {
         const Link link{
             .hash = "l", .kind = LinkKind::PasswordReset, .user_id = user.id, .expires_at = later(1h)};
         ASSERT_TRUE(stores_->links().add(link));
         user.password_hash = "$argon2id$new";
         ASSERT_TRUE(stores_->accounts().update_by(link, user).value());
       }},
      {"reset", [&](const User& user) { ASSERT_TRUE(stores_->factors().remove_all(user.id)); }},
  };
  for (const auto& [name, change] : rows) {
    const User user = created(name);
    const std::string key = made(user.id).text.reveal();
    for (Replica* const on : {here.get(), there.get()})
      EXPECT_EQ(word(on->check.by_api_key(key)), "believed");
    change(user);
    advance(250ms, {here.get(), there.get()});
    for (Replica* const on : {here.get(), there.get()})
      EXPECT_EQ(word(on->check.by_api_key(key)), "denied") << name;
    EXPECT_NE(stores_->api_keys().list(user.id)->front().revoked_at, WallTime{}) << name;
  }
}

TEST_P(ByApiKey, OutlivesANewPasswordAndAnotherAddress) {
  const auto here = replica();
  User alice = created("alice");
  const std::string key = made(alice.id).text.reveal();
  alice.password_hash = "$argon2id$new";
  alice = stores_->accounts().update(alice).value();
  const Link link{.hash = "l", .kind = LinkKind::VerifyEmail, .user_id = alice.id, .expires_at = later(1h)};
  ASSERT_TRUE(stores_->links().add(link));
  alice.email_verified = true;
  ASSERT_TRUE(stores_->accounts().update_by(link, alice).value());
  ASSERT_TRUE(stores_->accounts().end_grants(alice.id));
  advance(250ms, {here.get()});
  EXPECT_EQ(word(here->check.by_api_key(key)), "believed");
}

TEST_P(ByApiKey, RestsWhileItsUserOwesAPasswordOrAFactor) {
  const auto here = replica();
  User alice = created("alice");
  const std::string key = made(alice.id).text.reveal();
  EXPECT_EQ(word(here->check.by_api_key(key)), "believed");
  alice.must_change_password = true;
  alice = stores_->accounts().update(alice).value();
  advance(250ms, {here.get()});
  EXPECT_EQ(word(here->check.by_api_key(key)), "denied");
  alice.must_change_password = false;
  alice = stores_->accounts().update(alice).value();
  advance(6s, {here.get()});
  EXPECT_EQ(word(here->check.by_api_key(key)), "believed") << "it has not ended";
  const User admin = created("admin", Role::Admin);
  const std::string admins = made(admin.id).text.reveal();
  EXPECT_EQ(word(here->check.by_api_key(admins)), "denied") << "one factor";
  ASSERT_TRUE(stores_->factors().begin_totp(admin.id, {Secret("0123456789"), "SHA1", 6}).value());
  ASSERT_TRUE(stores_->factors().confirm_totp(admin.id, 100, now()).value());
  advance(6s, {here.get()});
  EXPECT_EQ(word(here->check.by_api_key(admins)), "believed");
  ASSERT_TRUE(stores_->factors().remove_totp(admin.id).value());
  advance(250ms, {here.get()});
  EXPECT_EQ(word(here->check.by_api_key(admins)), "denied");
}

TEST_P(ByApiKey, IsCountedByTheMinute) {
  const auto here = replica();
  const std::string key = made(created("alice").id).text.reveal();
  const auto usage = [&] { return stores_->api_keys().usage("key of id-alice", WallTime{}).value(); };
  for (int i = 0; i < 3; ++i) ASSERT_EQ(word(here->check.by_api_key(key)), "believed");
  ASSERT_EQ(word(here->check.by_api_key(key + "A")), "denied");
  advance(1min, {here.get()});
  ASSERT_EQ(word(here->check.by_api_key(key)), "believed");
  EXPECT_TRUE(usage().empty()) << "a request costs no write";
  hide("api_usage");
  EXPECT_FALSE(here->check.flush_key_uses());
  show("api_usage");
  ASSERT_TRUE(here->check.flush_key_uses());
  ASSERT_TRUE(here->check.flush_key_uses());
  ASSERT_EQ(usage().size(), 2U);
  EXPECT_EQ(usage()[0].count, 3);
  EXPECT_EQ(usage()[1].count, 1);
  EXPECT_EQ(stores_->api_keys().list("id-alice")->front().last_used_at, now());
}

TEST_P(ByApiKey, IsUnavailableWhileTheStoreIs) {
  const auto here = replica();
  const std::string key = made(created("alice").id).text.reveal();
  for (const std::string table : {"api_keys", "users"}) {
    hide(table);
    EXPECT_EQ(word(here->check.by_api_key(key)), "unavailable") << table;
    show(table);
  }
  EXPECT_EQ(word(here->check.by_api_key(key)), "believed");
  clock_.advance(3s);
  EXPECT_EQ(word(here->check.by_api_key(key)), "unavailable");
  EXPECT_EQ(here->check.count(Via::ApiKey, CheckResult::Unavailable), 3U);
}

INSTANTIATE_TEST_SUITE_P(Engines, ByApiKey, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
