#include "base/sql/sqlite_errors.h"

#include <sqlite3.h>

namespace picket::sql {

ErrorKind sqlite_error_kind(int code) {
  constexpr int kPrimary = 0xff;
  switch (code & kPrimary) {
    case SQLITE_CONSTRAINT:
      return ErrorKind::Conflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return ErrorKind::Timeout;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return ErrorKind::Corrupt;
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
    case SQLITE_PERM:
      return ErrorKind::Unavailable;
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
      return ErrorKind::InvalidInput;
    default:
      return ErrorKind::Internal;
  }
}

}  // namespace picket::sql
