#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/crypto/aead.h"
#include "base/crypto/bcrypt.h"
#include "base/crypto/digest.h"
#include "base/crypto/random.h"
#include "base/text/encoding.h"

namespace picket {
namespace {

/// Gives the bytes it was made with, over and over.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::string script) : script_(std::move(script)) {}
  std::string bytes(std::size_t count) override {
    std::string out;
    while (out.size() < count) out += script_[next_++ % script_.size()];
    return out;
  }

 private:
  std::string script_;
  std::size_t next_ = 0;
};

TEST(Digest, MatchesThePublishedVectors) {
  // FIPS 180-4 examples.
  EXPECT_EQ(hex_encode(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_encode(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_encode(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  // RFC 4231 case 2.
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Digest, ReadsAKeyWithoutStorageAsTheEmptyKey) {
  EXPECT_NE(hmac_sha256("other", "x"), hmac_sha256(std::string_view(), "x"));
  EXPECT_EQ(hmac_sha256(std::string_view(), "x"), hmac_sha256("", "x"));
}

TEST(ConstantTime, ComparesLengthAndEveryByte) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("same", "same"));
  EXPECT_FALSE(equal_constant_time("same", "samf"));
  EXPECT_FALSE(equal_constant_time("Same", "same"));
  EXPECT_FALSE(equal_constant_time("same", "same "));
}

TEST(Random, GivesAsManyBytesAsAsked) {
  SystemRandom random;
  EXPECT_EQ(random.bytes(0), "");
  EXPECT_EQ(random.bytes(1000).size(), 1000U);
  EXPECT_EQ(random.hex(16).size(), 32U);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.bytes(16));
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(Random, DrawsBelowTheBoundWithoutBias) {
  SystemRandom random;
  std::vector<int> counts(6);
  for (int i = 0; i < 6000; ++i) ++counts.at(random.below(6));
  for (const int count : counts) EXPECT_NEAR(count, 1000, 250);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, DrawsAgainWhatWouldFavourSmallNumbers) {
  // 2^64 - 1 lies past the last whole run of [0, 2^63 + 1): it must not become a small number.
  ScriptedRandom random(std::string(8, '\xff') + std::string("\x07\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(random.below((std::uint64_t{1} << 63U) + 1), 7U);
}

TEST(Bcrypt, VerifiesTheHashesOfOtherPrograms) {
  // htpasswd (apache2-utils) and the OpenBSD/jBCrypt test vectors.
  const std::string jbcrypt = "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";
  EXPECT_TRUE(bcrypt_matches("", jbcrypt));
  EXPECT_TRUE(bcrypt_matches("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"));
  EXPECT_FALSE(bcrypt_matches("abd", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"));
}

TEST(Bcrypt, RoundTripsItsOwnHashes) {
  const auto hash = bcrypt_hash("correct horse", 4, "0123456789abcdef");
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_TRUE(hash->starts_with("$2b$04$"));
  EXPECT_TRUE(check_bcrypt_hash(*hash));
  EXPECT_TRUE(bcrypt_matches("correct horse", *hash));
  EXPECT_FALSE(bcrypt_matches("Correct horse", *hash));
  std::string y = *hash;
  y[2] = 'y';
  EXPECT_TRUE(bcrypt_matches("correct horse", y));
}

TEST(Bcrypt, NeverComparesOnlyTheFirst72Bytes) {
  const std::string full(72, 'p');
  const auto hash = bcrypt_hash(full, 4, "0123456789abcdef");
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_TRUE(bcrypt_matches(full, *hash));
  EXPECT_FALSE(bcrypt_matches(full + "x", *hash));
  EXPECT_FALSE(bcrypt_hash(full + "x", 4, "0123456789abcdef"));
  EXPECT_FALSE(bcrypt_matches(std::string("a\0b", 3), *bcrypt_hash("a", 4, "0123456789abcdef")));
  EXPECT_FALSE(bcrypt_hash(std::string("a\0b", 3), 4, "0123456789abcdef"));
}

TEST(Bcrypt, RefusesWhatIsNoHash) {
  const std::string good = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
  ASSERT_TRUE(check_bcrypt_hash(good));
  EXPECT_EQ(bcrypt_cost(good), 6);
  EXPECT_TRUE(check_bcrypt_hash("$2y$18" + good.substr(6)));
  std::string letter = good;
  letter[20] = ':';
  const std::string bad[] = {"",
                             "plain",
                             good.substr(1),
                             good + "x",
                             "$2x$" + good.substr(4),
                             "$2a$03" + good.substr(6),
                             "$2a$19" + good.substr(6),
                             "$2a$x6" + good.substr(6),
                             letter,
                             "$6$saltsalt$" + std::string(48, 'a')};
  for (const std::string& hash : bad) {
    SCOPED_TRACE(hash);
    EXPECT_FALSE(check_bcrypt_hash(hash));
    EXPECT_FALSE(bcrypt_matches("abc", hash));
  }
  EXPECT_FALSE(bcrypt_hash("x", 3, "0123456789abcdef"));
  EXPECT_FALSE(bcrypt_hash("x", 19, "0123456789abcdef"));
  EXPECT_FALSE(bcrypt_hash("x", 4, "short"));
}

class KeyringTest : public testing::Test {
 protected:
  static Keyring make(std::map<std::string, Secret> keys, const std::string& active) {
    auto keyring = Keyring::make(std::move(keys), active);
    check(keyring.has_value(), "the test's keys are fine");
    return *keyring;
  }

  const Secret old_key_{std::string(32, 'o')};
  const Secret new_key_{std::string(32, 'n')};
  SystemRandom random_;
};

TEST_F(KeyringTest, OpensWhatItSealed) {
  const Keyring keyring = make({{"k1", old_key_}}, "k1");
  for (const std::string& text : {std::string(), std::string("totp seed"), std::string(100'000, '\xff')}) {
    const auto sealed = keyring.seal(text, "users:totp:7", random_);
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_TRUE(sealed->starts_with("v1.k1."));
    EXPECT_EQ(keyring.open(*sealed, "users:totp:7"), text);
  }
  EXPECT_NE(*keyring.seal("x", "c", random_), *keyring.seal("x", "c", random_));
}

TEST_F(KeyringTest, IsTheEnvelopeOnDisk) {
  // The same value as any AES-256-GCM implementation gives: the format must not change under stored data.
  ScriptedRandom nonce("nonce-123456");
  const Keyring keyring = make({{"k1", old_key_}}, "k1");
  EXPECT_EQ(*keyring.seal("totp seed", "users:totp:7", nonce),
            "v1.k1.bm9uY2UtMTIzNDU2.ASOGtEw7QhYROgGEaknUytcV9N6g9R49cQ");
}

TEST_F(KeyringTest, RefusesAMovedOrChangedValue) {
  const Keyring keyring = make({{"k1", old_key_}, {"k2", old_key_}}, "k1");
  const std::string sealed = *keyring.seal("totp seed", "users:totp:7", random_);
  EXPECT_EQ(keyring.open(sealed, "users:totp:8").error().kind, ErrorKind::Corrupt);
  // The key id is authenticated, even between equal keys.
  EXPECT_FALSE(keyring.open("v1.k2" + sealed.substr(5), "users:totp:7"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(keyring.open(changed, "users:totp:7")) << i;
    EXPECT_FALSE(keyring.open(sealed.substr(0, i), "users:totp:7")) << i;
  }
}

TEST_F(KeyringTest, OpensOldValuesWhileKeysRotateAndNamesThemStale) {
  const std::string sealed = *make({{"k1", old_key_}}, "k1").seal("x", "c", random_);
  const Keyring rotated = make({{"k1", old_key_}, {"k2", new_key_}}, "k2");
  EXPECT_EQ(rotated.open(sealed, "c"), "x");
  EXPECT_TRUE(rotated.is_stale(sealed));
  EXPECT_TRUE(rotated.is_stale("garbage"));
  EXPECT_FALSE(rotated.is_stale(*rotated.seal("x", "c", random_)));

  const auto unknown = make({{"k2", new_key_}}, "k2").open(sealed, "c");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "sealed under the unknown key \"k1\"");
}

TEST_F(KeyringTest, RefusesBadKeysWithoutShowingThem) {
  const auto short_key = Keyring::make({{"k1", Secret("hunter2")}}, "k1");
  ASSERT_FALSE(short_key);
  EXPECT_EQ(short_key.error().message, "key \"k1\" must be 32 bytes, not 7");
  EXPECT_FALSE(Keyring::make({{"k.1", old_key_}}, "k.1"));
  EXPECT_FALSE(Keyring::make({{"", old_key_}}, ""));
  EXPECT_FALSE(Keyring::make({{"k1", old_key_}}, "k2"));
  EXPECT_FALSE(Keyring::make({}, "k1"));
}

}  // namespace
}  // namespace picket
