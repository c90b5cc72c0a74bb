#include "base/sql/postgres_errors.h"

#include <array>

namespace picket::sql {
namespace {

struct Mapped {
  std::string_view prefix;
  ErrorKind kind;
};

// The first that fits counts.
constexpr std::array<Mapped, 16> kMapped{{
    {"23", ErrorKind::Conflict},         // integrity constraint violation
    {"25006", ErrorKind::Unavailable},   // read-only transaction: a standby
    {"57014", ErrorKind::Timeout},       // statement timeout
    {"55P03", ErrorKind::Timeout},       // lock not available
    {"40", ErrorKind::Timeout},          // transaction rollback
    {"42501", ErrorKind::Denied},        // insufficient privilege
    {"08P01", ErrorKind::InvalidInput},  // parameters do not fit the statement
    {"08", ErrorKind::Unavailable},      // connection
    {"53", ErrorKind::Unavailable},      // disk full, too many connections
    {"57", ErrorKind::Unavailable},      // shutting down, starting up
    {"58", ErrorKind::Unavailable},      // system error: I/O
    {"28", ErrorKind::Unavailable},      // authorization, while connecting
    {"XX001", ErrorKind::Corrupt},
    {"XX002", ErrorKind::Corrupt},
    {"42", ErrorKind::InvalidInput},
    {"22", ErrorKind::InvalidInput},
}};

}  // namespace

ErrorKind postgres_error_kind(std::string_view sqlstate) {
  for (const Mapped& mapped : kMapped) {
    if (sqlstate.starts_with(mapped.prefix)) return mapped.kind;
  }
  return sqlstate.starts_with("0A") ? ErrorKind::InvalidInput : ErrorKind::Internal;
}

}  // namespace picket::sql
