#include "base/sql/database.h"

#include "base/sql/conninfo.h"
#include "base/sql/postgres_database.h"
#include "base/sql/sqlite_database.h"
#include "base/text/strings.h"

namespace picket::sql {
namespace {

Result<Dsn> postgres_dsn(std::string_view text) {
  if (!is_conninfo(text)) return fail(ErrorKind::InvalidInput, "not a valid PostgreSQL URL");
  Dsn dsn;
  dsn.engine = Engine::Postgres;
  dsn.postgres = Secret(std::string(text));
  return dsn;
}

}  // namespace

Result<Dsn> Dsn::parse(std::string_view text) {
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return postgres_dsn(text);
  // "host=db.example.org dbname=app", as libpq takes it.
  if (text.find('=') != std::string_view::npos && is_conninfo(text)) return postgres_dsn(text);
  constexpr std::string_view kSqlite = "sqlite:";
  text = trim(text);
  if (to_lower(text.substr(0, kSqlite.size())) == kSqlite) text.remove_prefix(kSqlite.size());
  if (text.empty()) return fail(ErrorKind::InvalidInput, "an empty database name");
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("unknown database \"{}\": postgresql://..., sqlite:PATH or a path is expected",
                            text.substr(0, scheme)));
  }
  Dsn dsn;
  dsn.sqlite_path = text;
  return dsn;
}

Result<std::unique_ptr<Database>> Database::open(const Dsn& dsn) {
  return dsn.engine == Engine::Postgres ? PostgresDatabase::open(dsn) : SqliteDatabase::open(dsn);
}

}  // namespace picket::sql
