// API keys, believed by the key and its user in the store, which are read every few seconds at most while the
// key is used; uses are counted here and written now and then. For IdentityCheck. Safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "authd/accounts/account_store.h"
#include "authd/accounts/credential_store.h"
#include "authd/sessions/ended_grants.h"
#include "authd/sessions/identity.h"
#include "authd/sessions/key_uses.h"
#include "authd/sessions/recently_read.h"

namespace picket::authd {

struct ApiKeyParts {
  AccountStore& accounts;
  ApiKeyStore& keys;
  const EndedGrants& ended;
  const Clock& clock;
  Secret mac_key;  ///< of make_api_key()
};

class ApiKeyCheck {
 public:
  /// What the parts name must outlive it.
  explicit ApiKeyCheck(ApiKeyParts parts);

  Result<Identity> check(std::string_view key);
  /// The same out of memory; nothing where the store would have to be asked.
  std::optional<Result<Identity>> check_seen(std::string_view key);
  /// Writes how often keys were used. The first that fails ends it; it and the rest wait for the next time.
  Result<void> flush();

 private:
  struct Seen {
    ApiKey key;
    std::string username;
    Role role = Role::Guest;
    std::int64_t epoch = 0;
    bool has_account = false;  ///< an active one that owes no password and no second factor
  };
  using Found = Result<std::shared_ptr<const Seen>>;  ///< null when the store has no such key

  Found read(const std::string& public_id);
  Found find(const std::string& public_id);
  Found find_current(const std::string& public_id, std::string_view key);
  bool is_over(const Seen& seen) const;
  Result<Identity> judge(const Seen& seen);

  const ApiKeyParts parts_;
  RecentlyRead<Seen> seen_;
  KeyUses uses_;
};

}  // namespace picket::authd
