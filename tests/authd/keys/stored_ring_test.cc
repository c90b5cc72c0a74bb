#include "authd/keys/stored_ring.h"

#include <gmock/gmock.h>

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

class StoredKeyRing : public OnStores {
 protected:
  StoredRing ring_of_store() { return StoredRing(stores_->signing_keys()); }
  KeyRing rotate(RotationWish wish = RotationWish::AsDue) {
    auto ring = ring_of_store().settled(policy_, now(), wish);
    EXPECT_TRUE(ring) << ring.error().message;
    return *ring;
  }
  std::string states() {
    std::string text;
    const auto keys = stores_->signing_keys().list().value();
    for (const auto& key : keys) text += fmt::format("{} ", to_string(key.state));
    return text;
  }

  KeyPolicy policy_;
};

TEST_P(StoredKeyRing, AreNoneUntilTheFirstRotationMakesOne) {
  EXPECT_FALSE(ring_of_store().read().value());
  const KeyRing made = rotate();
  EXPECT_EQ(states(), "active ");
  const auto loaded = ring_of_store().read().value();
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(same_keys(made, *loaded));
  EXPECT_TRUE(loaded->active().key.verify_key().verify("m", made.active().key.sign("m")));
}

TEST_P(StoredKeyRing, StayWhenNothingIsDue) {
  const KeyRing first = rotate();
  EXPECT_TRUE(same_keys(first, rotate()));
}

TEST_P(StoredKeyRing, ArePublishedAheadThenSignThenRetireThenGo) {
  const std::string first = rotate().active().key.kid();
  clock_.advance(policy_.active_for - policy_.published_ahead);
  const std::string next = rotate().next()->key.kid();
  EXPECT_EQ(states(), "active next ");
  clock_.advance(policy_.published_ahead);
  const KeyRing turned = rotate();
  EXPECT_EQ(turned.active().key.kid(), next);
  EXPECT_NE(turned.find(first), nullptr);
  clock_.advance(policy_.kept_after + std::chrono::seconds(1));
  EXPECT_EQ(rotate().find(first), nullptr);
  EXPECT_EQ(states(), "active ");
}

TEST_P(StoredKeyRing, SignAtOnceWhenAnOperatorSaysSo) {
  const std::string first = rotate().active().key.kid();
  clock_.advance(std::chrono::seconds(1));
  const KeyRing turned = rotate(RotationWish::Now);
  EXPECT_NE(turned.active().key.kid(), first);
  EXPECT_NE(turned.find(first), nullptr);
  EXPECT_EQ(states(), "retired active ");
}

TEST_P(StoredKeyRing, OfAnotherAlgorithmReplaceAKeyThatWasPublished) {
  rotate();
  clock_.advance(policy_.active_for - policy_.published_ahead);
  ASSERT_NE(rotate().next(), nullptr);
  policy_.algorithm = Algorithm::Es256;
  const KeyRing changed = rotate();
  ASSERT_NE(changed.next(), nullptr);
  EXPECT_EQ(changed.next()->key.verify_key().algorithm(), Algorithm::Es256);
}

TEST_P(StoredKeyRing, AreMadeOnceHoweverManyReplicasStart) {
  std::array<std::string, kRacers> kids;
  race([&](int number) {
    const auto ring = ring_of_store().settled(policy_, now(), RotationWish::AsDue);
    if (ring) kids.at(static_cast<std::size_t>(number)) = ring->active().key.kid();
  });
  EXPECT_FALSE(kids[0].empty());
  EXPECT_THAT(kids, testing::Each(kids[0]));
  EXPECT_EQ(states(), "active ");
}

TEST_P(StoredKeyRing, ThatWereTamperedWithAreCorrupt) {
  rotate();
  ASSERT_TRUE(patient_->execute("UPDATE signing_keys SET state = 'retired'"));
  EXPECT_EQ(ring_of_store().read().error().kind, ErrorKind::Corrupt);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoredKeyRing, kEngines);

}  // namespace
}  // namespace picket::authd
