// A database of somebody else's that is only read: one connection, one statement at a time, each within
// limits of rows, bytes, time and locks, whatever the statement says. PostgreSQL and SQLite. Used by one
// thread at a time, except cancel().
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql/database.h"
#include "base/text/bytes.h"

namespace picket::sql {

/// Why a statement brought nothing.
enum class ReadFailure {
  Connect,      ///< there is no connection, or it broke
  Timeout,      ///< the statement's time, or its wait for a lock, was over
  Cancelled,    ///< by cancel(), or by somebody at the server
  Sql,          ///< the database refuses the statement; one that writes is refused too
  Cardinality,  ///< more rows or bytes than allowed
};

struct ReadError {
  ReadFailure reason = ReadFailure::Sql;
  std::string message{};  ///< for a person, without secrets or values of rows
};

template <class T>
using ReadResult = tl::expected<T, ReadError>;

inline tl::unexpected<ReadError> refuse(ReadFailure reason, std::string message) {
  return tl::unexpected(ReadError{reason, std::move(message)});
}

struct ReadLimits {
  std::size_t rows = 10'000;
  Bytes bytes = 4_MiB;  ///< of the values' text
  Duration timeout = std::chrono::seconds(10);
  Duration lock_timeout = std::chrono::seconds(1);  ///< PostgreSQL's locks; SQLite's busy timeout
};

class Source {
 public:
  virtual ~Source() = default;
  /// Uses `connect_timeout` of the Dsn. A SQLite file must exist.
  static ReadResult<std::unique_ptr<Source>> connect(const Dsn& dsn);

  /// All rows, or none of them. The statement runs in a transaction that is read-only and always rolled back.
  /// However large a value, memory for about twice `limits.bytes` and what comes in 10 ms is all it takes (over
  /// a unix socket PostgreSQL's values are not bounded: libpq holds one whole before its size is known).
  virtual ReadResult<Rows> read(std::string_view sql, const ReadLimits& limits) = 0;
  /// How the database would run it, a line each, with its estimate of the cost where it has one.
  virtual ReadResult<std::vector<std::string>> plan(std::string_view sql, const ReadLimits& limits) = 0;
  /// What the account may do beyond reading, as advice with the statements that mend it. Empty when nothing.
  virtual ReadResult<std::vector<std::string>> rights_beyond_reading() = 0;
  /// Ends the statement under way, within a second also when the server hangs. Safe from any thread; waits
  /// for nothing.
  virtual void cancel() = 0;
  /// False when the connection is of no further use.
  virtual bool usable() const = 0;
};

}  // namespace picket::sql
