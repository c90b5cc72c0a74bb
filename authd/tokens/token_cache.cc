#include "authd/tokens/token_cache.h"

#include <algorithm>
#include <cstring>

#include "base/crypto/digest.h"

namespace picket::authd {

TokenDigest digest_of(std::string_view token) {
  return {sha256(token)};
}

std::size_t TokenCache::Hash::operator()(const TokenDigest& digest) const {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.bytes.data(), std::min(sizeof hash, digest.bytes.size()));
  return hash;
}

TokenCache::TokenCache(std::size_t capacity)
    : shard_capacity_(std::max<std::size_t>(1, (capacity + kShards - 1) / kShards)) {}

TokenCache::Shard& TokenCache::shard_of(const TokenDigest& digest) {
  // The last byte: the first ones spread within the shard.
  return shards_.at(static_cast<unsigned char>(digest.bytes.back()) % kShards);
}

std::shared_ptr<const AccessClaims> TokenCache::find_first(const TokenDigest& digest, WallTime now) {
  Shard& shard = shard_of(digest);
  const MutexLock lock(shard.mutex);
  const auto found = shard.index.find(digest);
  if (found == shard.index.end()) return nullptr;
  const auto entry = found->second;
  if (now >= entry->claims->expires_at) {
    shard.index.erase(found);
    shard.recent.erase(entry);
    return nullptr;
  }
  shard.recent.splice(shard.recent.begin(), shard.recent, entry);
  hits_.fetch_add(1, std::memory_order_relaxed);
  return entry->claims;
}

std::shared_ptr<const AccessClaims> TokenCache::find(const TokenDigest& digest, WallTime now) {
  auto claims = find_first(digest, now);
  if (!claims) misses_.fetch_add(1, std::memory_order_relaxed);
  return claims;
}

void TokenCache::put(const TokenDigest& digest, std::shared_ptr<const AccessClaims> claims) {
  Shard& shard = shard_of(digest);
  const MutexLock lock(shard.mutex);
  const auto found = shard.index.find(digest);
  if (found != shard.index.end()) {
    found->second->claims = std::move(claims);
    shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
    return;
  }
  if (shard.recent.size() >= shard_capacity_) {
    shard.index.erase(shard.recent.back().digest);
    shard.recent.pop_back();
    evictions_.fetch_add(1, std::memory_order_relaxed);
  }
  shard.recent.push_front({digest, std::move(claims)});
  shard.index.emplace(digest, shard.recent.begin());
}

void TokenCache::clear() {
  for (Shard& shard : shards_) {
    const MutexLock lock(shard.mutex);
    shard.index.clear();
    shard.recent.clear();
  }
}

TokenCacheCounts TokenCache::counts() const {
  TokenCacheCounts counts{hits_.load(), misses_.load(), evictions_.load(), 0};
  for (const Shard& shard : shards_) {
    const MutexLock lock(shard.mutex);
    counts.entries += shard.recent.size();
  }
  return counts;
}

}  // namespace picket::authd
