// Verified tokens by their SHA-256, so that a token seen before costs one hash instead of one signature. Used
// by forward-auth. Sharded, bounded (the least recently used goes), safe from any thread. It knows nothing of
// epochs: the caller compares the claims' epoch with the account's. Clear it when a key is withdrawn.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "authd/tokens/access_token.h"
#include "base/exec/mutex.h"

namespace picket::authd {

/// What a token is known by here. Made once per request, for find() and put().
struct TokenDigest {
  std::string bytes;
  bool operator==(const TokenDigest&) const = default;
};
TokenDigest digest_of(std::string_view token);

struct TokenCacheCounts {
  std::uint64_t hits = 0, misses = 0;
  std::uint64_t evictions = 0;  ///< live tokens that had to go for others
  std::size_t entries = 0;
};

class TokenCache {
 public:
  /// `capacity` is rounded up to a multiple of the number of shards.
  explicit TokenCache(std::size_t capacity);

  /// Null when it is unknown, or at and after its exp: the leeway is for verify() alone.
  std::shared_ptr<const AccessClaims> find(const TokenDigest& digest, WallTime now);
  /// The same, where a miss is not to be counted because find() will be asked next.
  std::shared_ptr<const AccessClaims> find_first(const TokenDigest& digest, WallTime now);
  /// `claims` as verify() gave them.
  void put(const TokenDigest& digest, std::shared_ptr<const AccessClaims> claims);
  void clear();
  TokenCacheCounts counts() const;

 private:
  struct Entry {
    TokenDigest digest;
    std::shared_ptr<const AccessClaims> claims;
  };
  struct Hash {  ///< the digest is a hash already
    std::size_t operator()(const TokenDigest& digest) const;
  };
  struct Shard {
    mutable Mutex mutex;
    std::list<Entry> recent GUARDED_BY(mutex);  ///< the most recently used first
    std::unordered_map<TokenDigest, std::list<Entry>::iterator, Hash> index GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 16;

  Shard& shard_of(const TokenDigest& digest);

  const std::size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> hits_{0}, misses_{0}, evictions_{0};
};

}  // namespace picket::authd
