#include "authd/sessions/signing_key_keeper.h"

#include <map>
#include <set>

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

constexpr auto kDay = 24h;

class SigningKeys : public OnStores {
 protected:
  std::unique_ptr<SigningKeyKeeper> keeper(const KeyPolicy& policy = {}) {
    auto started = SigningKeyKeeper::start(stores_->signing_keys(), clock_, policy);
    EXPECT_TRUE(started) << started.error().message;
    return started ? std::move(*started) : nullptr;
  }
  static std::string active(const SigningKeyKeeper& keeper) {
    return keeper.keys().current()->active().key.kid();
  }
  static std::string next(const SigningKeyKeeper& keeper) {
    const RingKey* next = keeper.keys().current()->next();
    return next == nullptr ? "" : next->key.kid();
  }
  /// How many of each state are stored.
  std::map<std::string, int> stored() {
    std::map<std::string, int> states;
    const auto keys = stores_->signing_keys().list().value();
    for (const StoredSigningKey& key : keys) ++states[std::string(to_string(key.state))];
    return states;
  }
  using States = std::map<std::string, int>;
};

TEST_P(SigningKeys, AreMadeAtTheFirstStartAndLoadedAtEveryOther) {
  const auto first = keeper();
  EXPECT_EQ(stored(), (States{{"active", 1}}));
  const auto second = keeper();
  EXPECT_EQ(active(*first), active(*second));
  const std::string signature = first->keys().current()->active().key.sign("text");
  EXPECT_TRUE(second->keys().current()->find(active(*first))->verify("text", signature));
  EXPECT_EQ(first->keys().current()->jwks(), second->keys().current()->jwks());
}

/// Every caller has seen the keys as they were before any of them writes one.
class SeenByAllFirst final : public SigningKeyStore {
 public:
  explicit SeenByAllFirst(SigningKeyStore& store) : store_(store) {}
  Result<std::vector<StoredSigningKey>> list() override {
    auto keys = store_.list();
    if (waiting_.fetch_sub(1) > 0) all_.arrive_and_wait();
    return keys;
  }
  Result<void> add(const StoredSigningKey& key) override { return store_.add(key); }
  Result<bool> promote(const std::string& kid, WallTime now) override { return store_.promote(kid, now); }
  Result<bool> remove_next(const std::string& kid) override { return store_.remove_next(kid); }
  Result<std::int64_t> remove_retired(WallTime before) override { return store_.remove_retired(before); }

 private:
  SigningKeyStore& store_;
  std::atomic<int> waiting_{kRacers};
  std::latch all_{kRacers};
};

TEST_P(SigningKeys, AreOneHoweverManyReplicasStartAtOnce) {
  SeenByAllFirst store(stores_->signing_keys());
  Mutex mutex;
  std::multiset<std::string> kids;
  race([&](int) {
    const auto started = SigningKeyKeeper::start(store, clock_, {});
    const MutexLock lock(mutex);
    kids.insert(started ? active(**started) : started.error().message);
  });
  EXPECT_EQ(stored(), (States{{"active", 1}}));
  EXPECT_EQ(kids.count(*kids.begin()), static_cast<std::size_t>(kRacers)) << *kids.begin() << *kids.rbegin();
}

TEST_P(SigningKeys, FollowEachOtherAsDueOnEveryReplica) {
  const auto one = keeper();
  const auto two = keeper();
  const std::string first = active(*one);
  const auto tick = [&](Duration passed) {
    clock_.advance(passed);
    ASSERT_TRUE(one->tick());
    ASSERT_TRUE(two->tick());
  };
  EXPECT_EQ(one->expiry(KeyState::Active), now() + 30 * kDay);
  EXPECT_FALSE(one->expiry(KeyState::Next));
  tick(29 * kDay - 1min);
  EXPECT_EQ(stored(), (States{{"active", 1}}));
  tick(1min);
  const std::string second = next(*one);
  EXPECT_EQ(next(*two), second);
  EXPECT_NE(second, "");
  EXPECT_EQ(active(*two), first) << "is in the JWKS a day before it signs";
  EXPECT_EQ(one->expiry(KeyState::Next), one->expiry(KeyState::Active).value() + 30 * kDay);
  tick(1 * kDay);
  EXPECT_EQ(active(*one), second);
  EXPECT_EQ(active(*two), second);
  EXPECT_NE(two->keys().current()->find(first), nullptr) << "its tokens are still out";
  EXPECT_EQ(one->expiry(KeyState::Retired), now() + 20min);
  tick(20min - 1ms);
  EXPECT_EQ(stored(), (States{{"active", 1}, {"retired", 1}}));
  tick(1ms);
  EXPECT_EQ(stored(), (States{{"active", 1}}));
  EXPECT_EQ(one->keys().current()->find(first), nullptr);
  EXPECT_EQ(two->keys().current()->find(first), nullptr);
}

TEST_P(SigningKeys, AreRotatedAtOnceWhenOneAsks) {
  const auto one = keeper();
  const auto two = keeper();
  const std::string first = active(*one);
  ASSERT_TRUE(one->rotate_now());
  const std::string second = active(*one);
  EXPECT_NE(second, first);
  EXPECT_NE(one->keys().current()->find(first), nullptr);
  EXPECT_EQ(active(*two), first);
  ASSERT_TRUE(two->tick());
  EXPECT_EQ(active(*two), second);
  clock_.advance(1min);
  ASSERT_TRUE(two->rotate_now());
  ASSERT_TRUE(one->tick());
  EXPECT_EQ(active(*one), active(*two));
  EXPECT_EQ(stored(), (States{{"active", 1}, {"retired", 2}}));
}

// Who asks while another replica does it gets what that one made, or one more; nobody is left with another.
TEST_P(SigningKeys, AreTheSameEverywhereAfterManyAskedAtOnce) {
  std::vector<std::unique_ptr<SigningKeyKeeper>> keepers;
  keepers.reserve(4);
  for (int i = 0; i < 4; ++i) keepers.push_back(keeper());
  const std::string first = active(*keepers.front());
  std::atomic<int> failed = 0;
  race([&](int number) {
    if (number < 16 && !keepers.at(static_cast<std::size_t>(number % 4))->rotate_now()) ++failed;
  });
  EXPECT_LT(failed, 16);
  EXPECT_EQ(stored()["active"], 1);
  EXPECT_EQ(stored()["next"], 0);
  std::set<std::string> kids;
  for (const auto& one : keepers) {
    ASSERT_TRUE(one->tick());
    kids.insert(active(*one));
  }
  EXPECT_EQ(kids.size(), 1U);
  EXPECT_FALSE(kids.contains(first));
}

TEST_P(SigningKeys, ChangeTheirAlgorithmWithAnnouncement) {
  KeyPolicy policy;
  const auto one = keeper(policy);
  clock_.advance(29 * kDay);
  ASSERT_TRUE(one->tick());
  const std::string unwanted = next(*one);
  ASSERT_NE(unwanted, "");
  policy.algorithm = Algorithm::Es256;
  one->reload(policy);
  ASSERT_TRUE(one->tick());
  ASSERT_NE(next(*one), "");
  EXPECT_NE(next(*one), unwanted);
  EXPECT_EQ(one->keys().current()->next()->key.verify_key().algorithm(), Algorithm::Es256);
  EXPECT_EQ(stored(), (States{{"active", 1}, {"next", 1}}));
  clock_.advance(kDay);
  ASSERT_TRUE(one->tick());
  EXPECT_EQ(one->keys().current()->active().key.verify_key().algorithm(), Algorithm::Es256);
}

TEST_P(SigningKeys, StayWhileTheStoreIsAway) {
  const auto one = keeper();
  const std::string first = active(*one);
  run("ALTER TABLE signing_keys RENAME TO away");
  clock_.advance(60 * kDay);
  EXPECT_FALSE(one->tick());
  EXPECT_FALSE(one->rotate_now());
  EXPECT_EQ(active(*one), first);
  EXPECT_FALSE(SigningKeyKeeper::start(stores_->signing_keys(), clock_, {}));
  run("ALTER TABLE away RENAME TO signing_keys");
  ASSERT_TRUE(one->tick());
  EXPECT_EQ(active(*one), first) << "the next one is not known long enough";
  EXPECT_NE(next(*one), "");
}

TEST_P(SigningKeys, AreNotTakenFromARowThatWasTamperedWith) {
  struct Row {
    std::string_view name, tampering;
  };
  for (const Row& row : std::vector<Row>{
           {"another id", "UPDATE signing_keys SET kid = 'x'"},
           {"another secret", "UPDATE signing_keys SET private_key = 'x'"},
           {"no active key", "UPDATE signing_keys SET state = 'retired', retired_at = 9000000000000"}}) {
    ASSERT_TRUE(keeper());
    run(row.tampering);
    const auto started = SigningKeyKeeper::start(stores_->signing_keys(), clock_, {});
    ASSERT_FALSE(started) << row.name;
    EXPECT_EQ(started.error().kind, ErrorKind::Corrupt) << row.name;
    run("DELETE FROM signing_keys");
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, SigningKeys, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
