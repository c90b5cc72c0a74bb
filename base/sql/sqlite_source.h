// A SQLite file as a Source: opened read-only, with an authorizer that allows nothing but reading and a
// progress handler that ends a statement in time. Never creates or changes a file.
#pragma once

#include "base/sql/source.h"

namespace picket::sql {

ReadResult<std::unique_ptr<Source>> connect_sqlite_source(const Dsn& dsn);

}  // namespace picket::sql
