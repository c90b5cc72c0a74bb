#include "authd/tokens/key_ring.h"

#include <gtest/gtest.h>

#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kDay = 24 * kHour;

KeyPolicy sample_policy() {
  return {.algorithm = Algorithm::EdDsa,
          .active_for = 30 * kDay,
          .published_ahead = kDay,
          .kept_after = std::chrono::minutes(16)};
}

KeyRing rotated(const KeyRing* ring, WallTime now, const KeyPolicy& policy = sample_policy(),
                RotationWish wish = RotationWish::AsDue) {
  return rotate(ring, now, policy, wish, SigningKey::make).value();
}

/// "active next retired retired"
std::string states_of(const KeyRing& ring) {
  std::string text;
  for (const RingKey& key : ring.keys())
    text += std::string(text.empty() ? "" : " ") + std::string(to_string(key.state));
  return text;
}

TEST(KeyRing, RotatesByItselfAtTheTimesOfThePolicy) {
  KeyRing ring = rotated(nullptr, kNow);
  const std::string first = ring.active().key.kid();
  struct Row {
    Duration at;
    const char* states;
  };
  const std::vector<Row> rows = {
      {{}, "active"},
      {29 * kDay - std::chrono::seconds(1), "active"},
      {29 * kDay, "active next"},
      {30 * kDay - std::chrono::seconds(1), "active next"},
      {30 * kDay, "active retired"},
      {30 * kDay + std::chrono::minutes(16) - std::chrono::seconds(1), "active retired"},
      {30 * kDay + std::chrono::minutes(16), "active"},
      {59 * kDay, "active next"},
      {60 * kDay, "active retired"},
  };
  std::string next;
  for (const Row& row : rows) {
    ring = rotated(&ring, kNow + row.at);
    EXPECT_EQ(states_of(ring), row.states) << format_duration(row.at);
    if (row.at == 29 * kDay) next = ring.next()->key.kid();
    if (row.at == 30 * kDay) {
      EXPECT_EQ(ring.active().key.kid(), next);
      EXPECT_NE(ring.find(first), nullptr);
    }
  }
  EXPECT_EQ(ring.find(first), nullptr);
}

TEST(KeyRing, AKeySignsOnlyAfterItWasPublishedLongEnough) {
  KeyRing ring = rotated(nullptr, kNow);
  ring = rotated(&ring, kNow + 100 * kDay);  // the daemon was down when the next key was due
  EXPECT_EQ(states_of(ring), "active next");
  ring = rotated(&ring, kNow + 101 * kDay - std::chrono::seconds(1));
  EXPECT_EQ(states_of(ring), "active next");
  ring = rotated(&ring, kNow + 101 * kDay);
  EXPECT_EQ(states_of(ring), "active retired");
}

TEST(KeyRing, RotatesAtOnceWhenToldTo) {
  const KeyRing first = rotated(nullptr, kNow);
  const KeyRing second = rotated(&first, kNow + kHour, sample_policy(), RotationWish::Now);
  EXPECT_EQ(states_of(second), "active retired");
  EXPECT_NE(second.active().key.kid(), first.active().key.kid());
  EXPECT_NE(second.find(first.active().key.kid()), nullptr);
  const KeyRing ahead = rotated(&second, kNow + 30 * kDay + kHour - std::chrono::hours(2));
  const KeyRing third = rotated(&ahead, kNow + 30 * kDay, sample_policy(), RotationWish::Now);
  EXPECT_EQ(third.active().key.kid(), ahead.next()->key.kid());
}

TEST(KeyRing, AnotherAlgorithmComesByTheSameWay) {
  const KeyRing first = rotated(nullptr, kNow);
  KeyPolicy policy = sample_policy();
  policy.algorithm = Algorithm::Es256;
  const KeyRing second = rotated(&first, kNow + kHour, policy);
  EXPECT_EQ(states_of(second), "active next");
  EXPECT_EQ(second.active().key.verify_key().algorithm(), Algorithm::EdDsa);
  policy.algorithm = Algorithm::EdDsa;
  const KeyRing changed_back = rotated(&second, kNow + 2 * kHour, policy);
  EXPECT_EQ(states_of(changed_back), "active");
  policy.algorithm = Algorithm::Es256;
  const KeyRing third = rotated(&second, kNow + kHour + kDay, policy);
  EXPECT_EQ(states_of(third), "active retired");
  EXPECT_EQ(third.active().key.verify_key().algorithm(), Algorithm::Es256);
}

TEST(KeyRing, AClockSetBackRotatesNothing) {
  KeyRing ring = rotated(nullptr, kNow);
  ring = rotated(&ring, kNow + 29 * kDay);
  ring = rotated(&ring, kNow + 30 * kDay);
  const KeyRing after = rotated(&ring, kNow);
  EXPECT_TRUE(same_keys(ring, after));
  EXPECT_FALSE(same_keys(ring, rotated(&ring, kNow, sample_policy(), RotationWish::Now)));
}

TEST(KeyRing, SaysWhenAKeyCannotBeMade) {
  const KeyMaker broken = [](Algorithm) -> Result<SigningKey> {
    return fail(ErrorKind::Internal, "no entropy");
  };
  const auto ring = rotate(nullptr, kNow, sample_policy(), RotationWish::AsDue, broken);
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().message, "making a signing key: no entropy");
}

TEST(KeyRing, IsNotMadeOfWhatIsNoRing) {
  const SigningKey& one = test_key(Algorithm::EdDsa);
  const SigningKey& two = test_key(Algorithm::Es256);
  const SigningKey& three = test_key(Algorithm::Rs256);
  EXPECT_FALSE(KeyRing::make({}));
  EXPECT_FALSE(KeyRing::make({{one, KeyState::Next, {}, {}, {}}}));
  EXPECT_FALSE(KeyRing::make({{one, KeyState::Active, {}, {}, {}}, {two, KeyState::Active, {}, {}, {}}}));
  EXPECT_FALSE(KeyRing::make({{one, KeyState::Active, {}, {}, {}},
                              {two, KeyState::Next, {}, {}, {}},
                              {three, KeyState::Next, {}, {}, {}}}));
  EXPECT_FALSE(KeyRing::make({{one, KeyState::Active, {}, {}, {}}, {one, KeyState::Retired, {}, {}, {}}}));
}

TEST(KeyRing, TokensOfEveryKeyInItHold) {
  const SigningKey& one = test_key(Algorithm::EdDsa);
  const SigningKey& two = test_key(Algorithm::Es256);
  const SigningKey& three = test_key(Algorithm::Rs256);
  const KeyRing ring = KeyRing::make({{three, KeyState::Retired, {}, {}, {}},
                                      {two, KeyState::Next, {}, {}, {}},
                                      {one, KeyState::Active, {}, {}, {}}})
                           .value();
  EXPECT_EQ(states_of(ring), "active next retired");
  EXPECT_EQ(ring.jwks(), fmt::format(R"({{"keys":[{},{},{}]}})", one.verify_key().jwk(),
                                     two.verify_key().jwk(), three.verify_key().jwk()));
  EXPECT_EQ(ring.jwks().find("\"d\""), std::string::npos);
  for (const SigningKey& key : {one, two, three}) {
    EXPECT_EQ(fault_of(verify(issue(key, sample_claims()), ring, sample_rules(), kNow)), "fine");
  }
}

TEST(PublishedKeys, KeepsASnapshotForThoseWhoHoldIt) {
  PublishedKeys published(ring_of(test_key(Algorithm::EdDsa)));
  const auto before = published.current();
  published.publish(ring_of(test_key(Algorithm::Es256)));
  EXPECT_EQ(before->active().key.kid(), test_key(Algorithm::EdDsa).kid());
  EXPECT_EQ(published.current()->active().key.kid(), test_key(Algorithm::Es256).kid());
}

}  // namespace
}  // namespace picket::authd
