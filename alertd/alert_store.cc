#include "alertd/alert_store.h"

#include "alertd/dispatch/dispatch_store.h"
#include "alertd/outbox/outbox.h"
#include "alertd/rules/rule_state_store.h"

namespace picket::alertd {
namespace {

Result<void> migrate(sql::Database& database) {
  if (Result<void> done = database.migrate("outbox", Outbox::migrations()); !done) return done;
  if (Result<void> done = database.migrate("dispatch", DispatchStore::migrations()); !done) return done;
  return database.migrate(RuleStateStore::kComponent, RuleStateStore::migrations());
}

}  // namespace

Result<AlertStore> open_alert_store(const DaemonFlags& flags, Files& files) {
  AlertStore store;
  std::string dsn = flags.storage_dsn;
  if (dsn.empty()) {
    const Result<void> held = store.lock.emplace(files, flags.storage_path + "/alertd.lock").hold();
    if (!held) return fail(held, "storage");
    dsn = "sqlite:" + flags.storage_path + "/alertd.db";
  }
  const Result<sql::Dsn> parsed = sql::Dsn::parse(dsn);
  if (!parsed) return fail(parsed, "--storage.dsn");
  Result<std::unique_ptr<sql::Database>> database = sql::Database::open(*parsed);
  if (!database) return fail(database, "storage");
  const Result<void> migrated = migrate(**database);
  if (!migrated) return fail(migrated, "storage");
  store.database = std::move(*database);
  return store;
}

}  // namespace picket::alertd
