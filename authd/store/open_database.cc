#include "authd/store/open_database.h"

#include "authd/store/stores.h"

namespace picket::authd {
namespace {

constexpr unsigned kPrivate = 0700;

Result<sql::Dsn> dsn_of(const DatabasePlace& place, Files& files) {
  if (!place.dsn.empty()) {
    auto dsn = sql::Dsn::parse(place.dsn);
    if (!dsn) return fail(dsn, "--storage.dsn");
    return dsn;
  }
  const auto folder = files.make_directories(place.storage_path, kPrivate);
  if (!folder) return fail(folder, "--storage.path");
  return sql::Dsn::parse("sqlite:" + place.storage_path + "/authd.db");
}

}  // namespace

Result<std::unique_ptr<sql::Database>> open_auth_database(const DatabasePlace& place, Files& files) {
  const auto dsn = dsn_of(place, files);
  if (!dsn) return fail(dsn);
  auto database = sql::Database::open(*dsn);
  if (!database) return fail(database, "storage");
  const auto migrated = Stores::migrate(**database);
  if (!migrated) return fail(migrated, "storage");
  return database;
}

}  // namespace picket::authd
