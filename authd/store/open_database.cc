#include "authd/store/open_database.h"

#include "authd/store/stores.h"

namespace picket::authd {
namespace {

constexpr unsigned kPrivate = 0700;

std::string file_of(const std::string& storage_path) {
  return storage_path + "/authd.db";
}

Result<sql::Dsn> dsn_of(const DatabasePlace& place, Files& files) {
  if (!place.dsn.empty()) {
    auto dsn = sql::Dsn::parse(place.dsn);
    if (!dsn) return fail(dsn, "--storage.dsn");
    return dsn;
  }
  const auto folder = files.make_directories(place.storage_path, kPrivate);
  if (!folder) return fail(folder, "--storage.path");
  return sql::Dsn::parse("sqlite:" + file_of(place.storage_path));
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

Result<void> check_auth_database_is_there(const DatabasePlace& place, const Files& files) {
  std::string file = file_of(place.storage_path);
  if (!place.dsn.empty()) {
    const auto dsn = sql::Dsn::parse(place.dsn);
    if (!dsn) return fail(dsn, "--storage.dsn");
    if (dsn->engine != sql::Engine::Sqlite) return {};
    file = dsn->sqlite_path;
  }
  if (files.exists(file)) return {};
  return fail(ErrorKind::NotFound,
              fmt::format("there is no database at {}: give authd's --storage.path or --storage.dsn", file));
}

}  // namespace picket::authd
