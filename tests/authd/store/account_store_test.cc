#include <limits>

#include "base/time/timestamp.h"
#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class Accounts : public OnStores {
 protected:
  AccountStore& accounts() { return stores_->accounts(); }
  User read(const std::string& id) { return accounts().find(id).value().value(); }
};

TEST_P(Accounts, ReadBackAsTheyWereWritten) {
  User written = user("alice", Role::Manager);
  written.email_verified = written.phone_verified = written.must_change_password = true;
  written.password_changed_at = now();
  ASSERT_TRUE(accounts().create(written));
  User expected = written;
  expected.epoch = expected.version = 1;
  EXPECT_EQ(read("id-alice"), expected);
  EXPECT_EQ(accounts().find_by_key("alice").value(), expected);
  EXPECT_EQ(accounts().find_by_key("alice@example.org").value(), expected);
  EXPECT_FALSE(accounts().find_by_key("Alice").value());
  EXPECT_FALSE(accounts().find("id-bob").value());
}

// Row 28: somebody else's mail address as a user name, or the other way round.
TEST_P(Accounts, ShareNoNameOrAddress) {
  created("alice");
  struct Row {
    std::string_view name;
    std::string username, email;
  };
  for (const Row& row : std::vector<Row>{{"the name", "alice", "x@example.org"},
                                         {"the address", "x", "alice@example.org"},
                                         {"the address as a name", "alice@example.org", "x@example.org"},
                                         {"the name as an address", "x", "alice"}}) {
    User other = user("x");
    other.username_key = row.username;
    other.email_key = row.email;
    const auto made = accounts().create(other);
    ASSERT_FALSE(made) << row.name;
    EXPECT_EQ(made.error().kind, ErrorKind::Conflict) << row.name;
    EXPECT_EQ(made.error().message, "the user name or the mail address is taken") << row.name;
  }
}

TEST_P(Accounts, FreeTheirOldNamesWhenRenamed) {
  User alice = created("alice");
  created("bob");
  alice.username = alice.username_key = "bob";
  EXPECT_EQ(accounts().update(alice).error().kind, ErrorKind::Conflict);
  EXPECT_EQ(accounts().find_by_key("alice")->value().id, "id-alice");
  alice.username = alice.username_key = "carol";
  ASSERT_TRUE(accounts().update(alice));
  EXPECT_FALSE(accounts().find_by_key("alice").value());
  EXPECT_EQ(accounts().find_by_key("carol")->value().id, "id-alice");
  EXPECT_TRUE(accounts().create(user("dora")));
}

TEST_P(Accounts, RefuseAnUpdateOfAnOlderVersion) {
  const User read_first = created("alice");
  User second = read_first;
  second.must_change_password = true;
  ASSERT_TRUE(accounts().update(second));
  User late = read_first;
  late.email_verified = true;
  EXPECT_EQ(accounts().update(late).error().kind, ErrorKind::Conflict);
  EXPECT_FALSE(read("id-alice").email_verified);
}

TEST_P(Accounts, RaiseTheEpochWhenGrantsEndAndTellIt) {
  User alice = created("alice");
  const std::int64_t start = accounts().ended_grants(0)->next_after;
  alice.email_verified = true;
  alice = accounts().update(alice).value();
  EXPECT_EQ(alice.epoch, 1);
  alice.role = Role::Manager;
  alice = accounts().update(alice).value();
  EXPECT_EQ(alice.epoch, 2);
  EXPECT_EQ(accounts().end_grants("id-alice").value(), 3);
  ASSERT_TRUE(accounts().remove("id-alice"));
  const auto batch = accounts().ended_grants(start);
  ASSERT_EQ(batch->ended.size(), 3U);
  EXPECT_EQ(batch->ended[0].epoch, 2);
  EXPECT_EQ(batch->ended[1].epoch, 3);
  EXPECT_EQ(batch->ended[2].epoch, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(batch->ended[2].user_id, "id-alice");
  EXPECT_EQ(batch->ended[2].grant_id, "");
  EXPECT_TRUE(accounts().ended_grants(batch->next_after)->ended.empty());
}

TEST_P(Accounts, KeepTheLastActiveOwner) {
  const User owner = created("olga", Role::Owner);
  User suspended_owner = user("otto", Role::Owner);
  suspended_owner.status = Status::Suspended;
  ASSERT_TRUE(accounts().create(suspended_owner));
  User demoted = owner;
  demoted.role = Role::Admin;
  EXPECT_EQ(accounts().update(demoted).error().kind, ErrorKind::Denied);
  User suspended = owner;
  suspended.status = Status::Suspended;
  EXPECT_EQ(accounts().update(suspended).error().kind, ErrorKind::Denied);
  User locked = owner;
  locked.status = Status::Locked;
  EXPECT_EQ(accounts().update(locked).error().kind, ErrorKind::Denied);
  EXPECT_EQ(accounts().remove("id-olga").error().kind, ErrorKind::Denied);
  EXPECT_EQ(read("id-olga"), owner);
  EXPECT_TRUE(accounts().remove("id-otto"));  // was not active

  User renamed = owner;
  renamed.email_verified = true;
  EXPECT_TRUE(accounts().update(renamed));
  User invited = user("ines", Role::Owner);
  invited.password_hash = "";
  ASSERT_TRUE(accounts().create(invited));
  EXPECT_EQ(accounts().remove("id-olga").error().kind, ErrorKind::Denied) << "nobody else could log in";
  EXPECT_TRUE(accounts().remove("id-ines"));
  created("anna", Role::Owner);
  EXPECT_TRUE(accounts().remove("id-olga"));
}

TEST_P(Accounts, AreGoneWithAllThatIsTheirs) {
  created("alice");
  ASSERT_TRUE(stores_->sessions().create(session("s", "id-alice")));
  ASSERT_TRUE(stores_->factors().begin_totp("id-alice", {Secret("x"), "SHA1", 6}));
  ASSERT_TRUE(stores_->api_keys().add({.id = "k", .user_id = "id-alice", .public_id = "p"}));
  ASSERT_TRUE(stores_->api_keys().add_usage("k", 1, now()));
  ASSERT_TRUE(accounts().remove("id-alice"));
  for (const std::string_view table :
       {"users", "user_keys", "sessions", "second_factors", "api_keys", "api_usage"})
    EXPECT_EQ(one(fmt::format("SELECT COUNT(*) FROM {}", table)), "0") << table;
  EXPECT_EQ(accounts().remove("id-alice").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(accounts().end_grants("id-alice").error().kind, ErrorKind::NotFound);
  EXPECT_TRUE(accounts().create(user("alice")));
}

TEST_P(Accounts, TakeABetterHashOnlyForTheSamePassword) {
  const User alice = created("alice");
  EXPECT_FALSE(accounts().rehash("id-alice", "$older", "$new").value());
  EXPECT_TRUE(accounts().rehash("id-alice", alice.password_hash, "$new").value());
  EXPECT_EQ(read("id-alice").password_hash, "$new");
  EXPECT_EQ(read("id-alice").epoch, alice.epoch);
  User stale = alice;
  stale.email_verified = true;
  EXPECT_EQ(accounts().update(stale).error().kind, ErrorKind::Conflict) << "it would bring the old hash back";
}

TEST_P(Accounts, RememberTheLastLogin) {
  created("alice");
  ASSERT_TRUE(accounts().record_login("id-alice", later(1h)));
  ASSERT_TRUE(accounts().record_login("id-alice", now()));
  EXPECT_EQ(read("id-alice").last_login_at, later(1h));
}

TEST_P(Accounts, AreListedInPages) {
  for (const std::string name : {"a", "b", "c"}) created(name);
  created("d", Role::Admin);
  EXPECT_EQ(accounts().list({.limit = 2})->size(), 2U);
  EXPECT_EQ(accounts().list({.after_id = "id-b", .limit = 10})->front().id, "id-c");
  EXPECT_EQ(accounts().list({.role = Role::Admin})->size(), 1U);
  EXPECT_EQ(accounts().list({.role = Role::User, .status = Status::Active})->size(), 3U);
  EXPECT_TRUE(accounts().list({.status = Status::Locked})->empty());
}

TEST_P(Accounts, SayWhetherTheyHaveASecondFactor) {
  created("alice");
  auto& factors = stores_->factors();
  ASSERT_TRUE(factors.begin_totp("id-alice", {Secret("0123456789"), "SHA256", 8}).value());
  EXPECT_FALSE(read("id-alice").has_second_factor);
  ASSERT_TRUE(factors.confirm_totp("id-alice", 5, now()).value());
  EXPECT_TRUE(read("id-alice").has_second_factor);
  ASSERT_TRUE(factors.remove_totp("id-alice").value());
  EXPECT_FALSE(read("id-alice").has_second_factor);
  ASSERT_TRUE(factors.set_email_otp("id-alice", true));
  EXPECT_TRUE(read("id-alice").has_second_factor);
}

INSTANTIATE_TEST_SUITE_P(Engines, Accounts, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
