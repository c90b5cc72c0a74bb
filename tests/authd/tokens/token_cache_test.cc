#include "authd/tokens/token_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {
namespace {

std::shared_ptr<const AccessClaims> claims_of(std::string_view subject, int lifetime_seconds = 900) {
  AccessClaims claims = sample_claims();
  claims.subject = subject;
  claims.expires_at = at_second(lifetime_seconds);
  return std::make_shared<const AccessClaims>(std::move(claims));
}

TEST(TokenCache, GivesAClaimUntilItExpires) {
  TokenCache cache(100);
  const TokenDigest token = digest_of("a.b.c");
  EXPECT_EQ(cache.find(token, kNow), nullptr);
  cache.put(token, claims_of("u-1"));
  ASSERT_NE(cache.find(token, at_second(899)), nullptr);
  EXPECT_EQ(cache.find(token, at_second(899))->subject, "u-1");
  EXPECT_EQ(cache.find(digest_of("a.b.d"), kNow), nullptr);
  EXPECT_EQ(cache.find(token, at_second(900)), nullptr);
  EXPECT_EQ(cache.find(token, at_second(899)), nullptr) << "an expired one is gone";
  EXPECT_EQ(cache.counts().hits, 2U);
  EXPECT_EQ(cache.counts().misses, 4U);
  EXPECT_EQ(cache.counts().entries, 0U);
}

TEST(TokenCache, IsBoundedAndForgetsTheLeastRecentlyUsed) {
  TokenCache cache(std::size_t{16} * 64);
  const TokenDigest used = digest_of("used");
  cache.put(used, claims_of("used"));
  for (int i = 0; i < 20'000; ++i) {
    cache.put(digest_of(std::to_string(i)), claims_of("x"));
    if (i % 16 == 0) {
      ASSERT_NE(cache.find(used, kNow), nullptr) << i;
    }
  }
  EXPECT_EQ(cache.counts().entries, 16U * 64U);
  EXPECT_EQ(cache.counts().evictions, 20'001U - 16U * 64U);
  EXPECT_EQ(cache.find(digest_of("0"), kNow), nullptr);
  cache.clear();
  EXPECT_EQ(cache.counts().entries, 0U);
  EXPECT_EQ(cache.find(used, kNow), nullptr);
}

TEST(TokenCache, TakesTheLatestClaimsOfAToken) {
  TokenCache cache(1);
  cache.put(digest_of("t"), claims_of("old"));
  cache.put(digest_of("t"), claims_of("new"));
  EXPECT_EQ(cache.find(digest_of("t"), kNow)->subject, "new");
  EXPECT_EQ(cache.counts().entries, 1U);
}

/// One look at one of 512 tokens; false when it gave what it must not.
bool look(TokenCache& cache, int number, int second) {
  const std::string name = std::to_string(number);
  const TokenDigest digest = digest_of(name);
  const auto found = cache.find(digest, at_second(second));
  if (!found) cache.put(digest, claims_of(name));
  return !found || (found->subject == name && second < 900);
}

TEST(TokenCache, SixtyFourThreadsNeverSeeAnothersClaimsNorExpiredOnes) {
  TokenCache cache(256);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(64);
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&cache, &wrong, t] {
        for (int i = 0; i < 2000; ++i) {
          if (!look(cache, (i * 7 + t) % 512, i % 1200)) ++wrong;
          if (i % 997 == 0) cache.clear();
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(cache.counts().entries, 256U);
  EXPECT_EQ(cache.counts().hits + cache.counts().misses, 64U * 2000U);
}

}  // namespace
}  // namespace picket::authd
