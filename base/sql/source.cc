#include "base/sql/source.h"

#include "base/sql/postgres_source.h"
#include "base/sql/sqlite_source.h"

namespace picket::sql {

ReadResult<std::unique_ptr<Source>> Source::connect(const Dsn& dsn) {
  return dsn.engine == Engine::Postgres ? connect_postgres_source(dsn) : connect_sqlite_source(dsn);
}

}  // namespace picket::sql
