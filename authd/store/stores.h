// Every store of authd on one database, for app.cc. Safe from any thread.
#pragma once

#include "authd/store/resealer.h"
#include "authd/store/sql_account_store.h"
#include "authd/store/sql_api_key_store.h"
#include "authd/store/sql_audit_log.h"
#include "authd/store/sql_block_store.h"
#include "authd/store/sql_challenge_store.h"
#include "authd/store/sql_device_store.h"
#include "authd/store/sql_factor_store.h"
#include "authd/store/sql_failure_store.h"
#include "authd/store/sql_link_store.h"
#include "authd/store/sql_session_store.h"
#include "authd/store/sql_signing_key_store.h"
#include "authd/store/sql_user_limit_store.h"

namespace picket::authd {

struct StoreKeys {
  Keyring keyring;  ///< seals columns
  Secret audit;     ///< signs the ends of the audit log
};

class Stores {
 public:
  /// Brings the tables to the newest version.
  static Result<void> migrate(sql::Database& database);

  /// What is given must outlive it; the database is migrated.
  Stores(sql::Database& database, StoreKeys keys, Random& random, const Clock& clock);

  AccountStore& accounts() { return accounts_; }
  FactorStore& factors() { return factors_; }
  DeviceStore& devices() { return devices_; }
  SessionStore& sessions() { return sessions_; }
  ChallengeStore& challenges() { return challenges_; }
  FailureStore& failures() { return failures_; }
  BlockStore& blocks() { return blocks_; }
  UserLimitStore& user_limits() { return user_limits_; }
  ApiKeyStore& api_keys() { return api_keys_; }
  LinkStore& links() { return links_; }
  SigningKeyStore& signing_keys() { return signing_keys_; }
  AuditLog& audit() { return audit_; }
  Resealer& resealer() { return resealer_; }
  const Vault& vault() const { return vault_; }  ///< for seal_check.h

 private:
  Vault vault_;
  SqlAccountStore accounts_;
  SqlFactorStore factors_;
  SqlDeviceStore devices_;
  SqlSessionStore sessions_;
  SqlChallengeStore challenges_;
  SqlFailureStore failures_;
  SqlBlockStore blocks_;
  SqlUserLimitStore user_limits_;
  SqlApiKeyStore api_keys_;
  SqlLinkStore links_;
  SqlSigningKeyStore signing_keys_;
  SqlAuditLog audit_;
  Resealer resealer_;
};

}  // namespace picket::authd
