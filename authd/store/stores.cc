#include "authd/store/stores.h"

#include "authd/store/migrations.h"

namespace picket::authd {

Result<void> Stores::migrate(sql::Database& database) {
  return database.migrate("authd", store_migrations());
}

Stores::Stores(sql::Database& database, StoreKeys keys, Random& random, const Clock& clock)
    : vault_(std::move(keys.keyring), random),
      accounts_(database, vault_, clock),
      factors_(database, vault_, clock),
      devices_(database),
      sessions_(database, vault_),
      challenges_(database),
      failures_(database),
      blocks_(database),
      user_limits_(database),
      api_keys_(database),
      links_(database),
      signing_keys_(database, vault_),
      audit_(database, std::move(keys.audit)),
      resealer_(database, vault_) {}

}  // namespace picket::authd
