// API keys, one-time links and signing keys in a store. Each one-time thing is spent by one conditional
// statement: true is for the one caller who won. Safe from any thread. Errors as AccountStore.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authd/accounts/credentials.h"
#include "base/result/result.h"

namespace picket::authd {

class ApiKeyStore {
 public:
  virtual ~ApiKeyStore() = default;

  virtual Result<void> add(const ApiKey& key) = 0;
  virtual Result<std::optional<ApiKey>> find_by_public_id(const std::string& public_id) = 0;
  /// Newest first; of everybody when `user_id` is empty.
  virtual Result<std::vector<ApiKey>> list(const std::string& user_id) = 0;
  /// False when the user has no such key that lives; any user's when `user_id` is empty. What is revoked is
  /// in AccountStore::ended_grants at once.
  virtual Result<bool> revoke(const std::string& user_id, const std::string& id, WallTime now) = 0;
  virtual Result<std::int64_t> revoke_all(const std::string& user_id, WallTime now) = 0;
  /// Adds `count` uses in the minute of `now`.
  virtual Result<void> add_usage(const std::string& id, std::int64_t count, WallTime now) = 0;
  virtual Result<std::vector<ApiUsage>> usage(const std::string& id, WallTime since) = 0;  ///< by minute
  virtual Result<std::int64_t> prune_usage(WallTime before) = 0;
};

/// A link is spent with what it is good for: AccountStore::create_by, update_by.
class LinkStore {
 public:
  virtual ~LinkStore() = default;

  virtual Result<void> add(const Link& link) = 0;
  virtual Result<std::optional<Link>> find(const std::string& hash) = 0;
  virtual Result<std::int64_t> revoke_all(const std::string& user_id, LinkKind kind, WallTime now) = 0;
  virtual Result<std::int64_t> prune(WallTime before) = 0;
};

class SigningKeyStore {
 public:
  virtual ~SigningKeyStore() = default;

  /// Conflict when there is a key of that state already (one is next, one is active).
  virtual Result<void> add(const StoredSigningKey& key) = 0;
  virtual Result<std::vector<StoredSigningKey>> list() = 0;  ///< oldest first
  /// Makes the next key the active one, and the active one retired. False when `kid` is not the next key:
  /// another replica was first.
  virtual Result<bool> promote(const std::string& kid, WallTime now) = 0;
  /// A next key that is not wanted any more, and has never signed. False when `kid` is not the next key.
  virtual Result<bool> remove_next(const std::string& kid) = 0;
  virtual Result<std::int64_t> remove_retired(WallTime retired_before) = 0;
};

}  // namespace picket::authd
