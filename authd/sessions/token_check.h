// Access tokens, believed by their signature and EndedGrants: no store is asked. For IdentityCheck. Safe from
// any thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "authd/sessions/ended_grants.h"
#include "authd/sessions/identity.h"
#include "authd/tokens/key_ring.h"
#include "authd/tokens/token_cache.h"
#include "authd/tokens/token_config.h"

namespace picket::authd {

class TokenCheck {
 public:
  /// All must outlive it.
  TokenCheck(const EndedGrants& ended, const PublishedKeys& keys, const Clock& clock,
             const TokenConfig& config);

  Result<Identity> check(std::string_view token);
  /// The same where the signature was verified before; nothing where it would have to be.
  std::optional<Result<Identity>> check_seen(std::string_view token);
  /// The cache keeps its size, and forgets what was believed by the old rules.
  void reload(const TokenConfig& config) EXCLUDES(mutex_);
  TokenCacheCounts cache() const { return cache_.counts(); }

 private:
  std::shared_ptr<const AccessRules> rules() const EXCLUDES(mutex_);
  Result<Identity> judge(const AccessClaims& claims) const;
  std::shared_ptr<const AccessClaims> verified(std::string_view token, const TokenDigest& digest,
                                               WallTime now);

  const EndedGrants& ended_;
  const PublishedKeys& keys_;
  const Clock& clock_;
  TokenCache cache_;
  mutable Mutex mutex_;
  std::shared_ptr<const AccessRules> rules_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
