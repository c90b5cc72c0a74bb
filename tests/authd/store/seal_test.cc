// Row 51 of the attack table: a ciphertext opens only where it was sealed. And re-encryption while running.
#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class Sealing : public OnStores {
 protected:
  void fill() {
    for (const std::string name : {"alice", "bob"}) {
      created(name);
      ASSERT_TRUE(
          stores_->factors().begin_totp("id-" + name, {Secret("totp of " + name), "SHA1", 6}).value());
      ASSERT_TRUE(stores_->sessions().create(session("s-" + name, "id-" + name)));
      ASSERT_TRUE(stores_->signing_keys().add(
          {.kid = "kid-" + name,
           .private_key = Secret("PEM of " + name),
           .state = name == "bob" ? StoredKeyState::Next : StoredKeyState::Active}));
    }
  }
  /// Whether everything of alice's and bob's opens, and is theirs.
  static bool all_open(Stores& stores) {
    const auto keys = stores.signing_keys().list();
    if (!keys || keys->size() != 2) return false;
    for (const StoredSigningKey& key : *keys) {
      if (key.private_key.reveal() != "PEM of " + key.kid.substr(4)) return false;
    }
    for (const std::string name : {"alice", "bob"}) {
      const auto user = stores.accounts().find("id-" + name);
      const auto factors = stores.factors().find("id-" + name);
      const auto session = stores.sessions().find("s-" + name);
      if (!user || !factors || !session) return false;
      if ((*user)->phone != "+1415555" + name) return false;
      if (factors->totp.secret.reveal() != "totp of " + name) return false;
      if ((*session)->family_key.reveal() != "key of s-" + name) return false;
    }
    return true;
  }
};

TEST_P(Sealing, HidesWhatIsSecret) {
  fill();
  ASSERT_TRUE(all_open(*stores_));
  const std::array columns{"phone FROM users", "totp_secret FROM second_factors", "family_key FROM sessions",
                           "private_key FROM signing_keys"};
  for (const std::string_view column : columns) {
    const std::string stored = one(fmt::format("SELECT {}", column));
    EXPECT_TRUE(stored.starts_with("v1.k1.")) << column << ": " << stored;
  }
}

TEST_P(Sealing, OpensNothingThatWasMoved) {
  struct Row {
    std::string_view name, move;
    std::function<ErrorKind(Stores&)> read;
  };
  const auto read_user = [](Stores& s) { return s.accounts().find("id-alice").error().kind; };
  const auto read_name = [](Stores& s) { return s.accounts().find_by_key("alice").error().kind; };
  const auto read_totp = [](Stores& s) { return s.factors().find("id-alice").error().kind; };
  const auto read_session = [](Stores& s) { return s.sessions().find("s-alice").error().kind; };
  const auto read_keys = [](Stores& s) { return s.signing_keys().list().error().kind; };
  constexpr std::string_view kPhone =
      "UPDATE users SET phone = (SELECT phone FROM users WHERE id = 'id-bob') WHERE id = 'id-alice'";
  const std::vector<Row> rows{
      {"a phone of another user", kPhone, read_user},
      {"the same, found by name", kPhone, read_name},
      {"a TOTP secret of another user",
       "UPDATE second_factors SET totp_secret = (SELECT totp_secret FROM second_factors WHERE user_id = "
       "'id-bob') "
       "WHERE user_id = 'id-alice'",
       read_totp},
      {"a phone as a TOTP secret",
       "UPDATE second_factors SET totp_secret = (SELECT phone FROM users WHERE id = 'id-alice') WHERE "
       "user_id = "
       "'id-alice'",
       read_totp},
      {"a family key of another session",
       "UPDATE sessions SET family_key = (SELECT family_key FROM sessions WHERE id = 's-bob') WHERE id = "
       "'s-alice'",
       read_session},
      {"a signing key under another name", "UPDATE signing_keys SET kid = 'other' WHERE kid = 'kid-alice'",
       read_keys},
      {"plain text", "UPDATE users SET phone = '+14155550100' WHERE id = 'id-alice'", read_user},
  };
  fill();
  for (const Row& row : rows) {
    ASSERT_TRUE(all_open(*stores_)) << row.name;
    run("CREATE TABLE kept_users AS SELECT * FROM users");
    run("CREATE TABLE kept_factors AS SELECT * FROM second_factors");
    run("CREATE TABLE kept_sessions AS SELECT * FROM sessions");
    run(row.move);
    EXPECT_EQ(row.read(*stores_), ErrorKind::Corrupt) << row.name;
    for (const auto& [table, kept] :
         {std::pair{"users", "kept_users"}, std::pair{"second_factors", "kept_factors"},
          std::pair{"sessions", "kept_sessions"}}) {
      run(fmt::format("DELETE FROM {}", table));
      run(fmt::format("INSERT INTO {} SELECT * FROM {}", table, kept));
      run(fmt::format("DROP TABLE {}", kept));
    }
    run("UPDATE signing_keys SET kid = 'kid-alice' WHERE kid = 'other'");
  }
}

TEST_P(Sealing, SealsAnewInBatchesAndCountsByKey) {
  using Counts = std::map<std::string, std::int64_t>;
  fill();
  EXPECT_EQ(stores_->resealer().counts().value(), (Counts{{"k1", 8}}));
  EXPECT_TRUE(stores_->resealer().reseal(100)->finished) << "nothing is stale";
  const auto both = stores_with({"k1", "k2"}, "k2");
  EXPECT_TRUE(all_open(*both));
  const ResealReport first = both->resealer().reseal(3).value();
  EXPECT_EQ(first.resealed, 3);
  EXPECT_FALSE(first.finished);
  EXPECT_EQ(both->resealer().counts().value(), (Counts{{"k1", 5}, {"k2", 3}}));
  EXPECT_TRUE(all_open(*both)) << "half way";
  const ResealReport rest = both->resealer().reseal(100).value();
  EXPECT_EQ(rest.resealed, 5);
  EXPECT_TRUE(rest.finished);
  EXPECT_TRUE(all_open(*stores_with({"k2"}, "k2"))) << "the old key can go";
  EXPECT_FALSE(all_open(*stores_with({"k1"}, "k1")));
}

TEST_P(Sealing, GoesRoundWhatDoesNotOpen) {
  fill();
  run("UPDATE users SET phone = 'v1.k1.x.y' WHERE id = 'id-alice'");
  const auto both = stores_with({"k1", "k2"}, "k2");
  const ResealReport report = both->resealer().reseal(100).value();
  EXPECT_EQ(report.resealed, 7);
  EXPECT_EQ(report.unreadable, 1);
  EXPECT_TRUE(report.finished);
}

TEST_P(Sealing, LosesNoChangeThatIsMadeMeanwhile) {
  fill();
  const auto both = stores_with({"k1", "k2"}, "k2");
  const auto behind = stores_with({"k1", "k2"}, "k1");  // a replica that still seals with the old key
  std::string expected;
  {
    std::atomic<bool> stop = false;
    const std::jthread resealing([&] {
      while (!stop) std::ignore = both->resealer().reseal(1);
    });
    for (int i = 0; i < 20; ++i) {
      User alice = behind->accounts().find("id-alice").value().value();
      alice.phone = expected = fmt::format("+1415555{:04}", i);
      EXPECT_TRUE(behind->accounts().update(alice));
    }
    stop = true;
  }
  EXPECT_TRUE(both->resealer().reseal(100)->finished);
  EXPECT_EQ(both->accounts().find("id-alice")->value().phone, expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, Sealing, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
