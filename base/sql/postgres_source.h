// PostgreSQL as a Source: a read-only transaction a statement, with timeouts at the server and a cut of the
// connection when the server keeps silent. The statement is run through a cursor, so that a huge result is
// given up early.
#pragma once

#include "base/sql/source.h"

namespace picket::sql {

ReadResult<std::unique_ptr<Source>> connect_postgres_source(const Dsn& dsn);

}  // namespace picket::sql
