#include "base/sql/postgres_source.h"

#include <poll.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

#include "base/sql/conninfo.h"
#include "base/sql/postgres_values.h"
#include "base/sql/watchdog.h"
#include "base/text/strings.h"

namespace picket::sql {
namespace {

// How long after the statement's own timeout the server may keep silent before the connection is cut.
constexpr Duration kReadSilenceMax = std::chrono::seconds(2);
constexpr std::size_t kFirstBatch = 10;
constexpr std::size_t kBatchMax = 2000;
// How long a statement may go on after cancel().
constexpr Duration kCancelPatience = std::chrono::seconds(1);

std::int64_t millis(Duration duration) {
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

/// What may come through the connection for a result within the limits. libpq holds a row whole, and the rows
/// of a FETCH together, before we see the first: more than this never comes that far.
Bytes wire_limit(const ReadLimits& limits) {
  constexpr std::uint64_t kRowFrame = 256;  // of a row with many columns
  return {2 * limits.bytes.count + (1_MiB).count + limits.rows * kRowFrame};
}

ReadError too_large(const std::string& limit) {
  return {ReadFailure::Cardinality, fmt::format("the result has more than {}", limit)};
}

ReadFailure failure_of(std::string_view sqlstate, bool in_time) {
  if (sqlstate == "57014") return in_time ? ReadFailure::Cancelled : ReadFailure::Timeout;
  if (sqlstate == "55P03") return ReadFailure::Timeout;  // lock_timeout
  for (const std::string_view connection : {"08", "28", "53", "57P", "3D"}) {
    if (sqlstate.starts_with(connection)) return ReadFailure::Connect;
  }
  return ReadFailure::Sql;
}

// What was read so far, within the limits.
class Gathered {
 public:
  explicit Gathered(const ReadLimits& limits) : limits_(limits) {}

  /// How many rows to ask for next: one more than is allowed in all, and few when they are large.
  std::size_t next_batch() const {
    const std::size_t left = limits_.rows - rows_.size() + 1;
    if (rows_.empty()) return std::min(left, kFirstBatch);
    const std::size_t average = bytes_ / rows_.size() + 1;
    const std::size_t room = (static_cast<std::size_t>(limits_.bytes.count) - bytes_) / average + 1;
    return std::min({left, room, kBatchMax});
  }

  std::optional<ReadError> add(const pqxx::result& batch) {
    if (rows_.columns.empty()) rows_.columns = columns_of(batch);
    for (const pqxx::row& row : batch) {
      std::vector<Value> values;
      for (const pqxx::field& field : row) {
        bytes_ += field.size();
        values.push_back(sql::value_of(field));
      }
      rows_.values.push_back(std::move(values));
    }
    if (rows_.size() > limits_.rows) return too_large(fmt::format("{} rows", limits_.rows));
    if (bytes_ > limits_.bytes.count) return too_large(format_bytes(limits_.bytes));
    return std::nullopt;
  }

  Rows take() { return std::move(rows_); }

 private:
  const ReadLimits& limits_;
  Rows rows_;
  std::size_t bytes_ = 0;
};

class PostgresSource final : public Source {
 public:
  explicit PostgresSource(const Conninfo& conninfo)
      : password_(conninfo.password),
        connection_(std::make_shared<pqxx::connection>(conninfo.text.reveal())),
        quiet_(*connection_) {
// Reconnecting is the lane's business: libpqxx would do it in the middle of things.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_->inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }

  ReadResult<Rows> read(std::string_view sql, const ReadLimits& limits) override {
    if (trim(sql).empty()) return refuse(ReadFailure::Sql, "not one SQL statement");
    ReadResult<Rows> rows =
        within(limits, [&](Transaction& work) { return through_cursor(work, sql, limits); });
    // A cursor takes queries alone. What else the statement is, the database itself shall say.
    if (!rows && sqlstate_ == "42601") {
      rows = within(limits, [&](Transaction& work) { return as_it_is(work, std::string(sql), limits); });
    }
    return rows;
  }

  ReadResult<std::vector<std::string>> plan(std::string_view sql, const ReadLimits& limits) override {
    return within(limits, [&](Transaction& work) -> ReadResult<std::vector<std::string>> {
      std::vector<std::string> lines;
      const pqxx::result result = work.exec_params("EXPLAIN " + std::string(sql));
      for (const pqxx::row& row : result) lines.emplace_back(row[0].c_str());
      return lines;
    });
  }

  ReadResult<std::vector<std::string>> rights_beyond_reading() override {
    return within({}, [&](Transaction& work) -> ReadResult<std::vector<std::string>> {
      const pqxx::row role = work.exec1(
          "SELECT current_user, rolsuper, current_database() FROM pg_roles WHERE rolname = current_user");
      const std::string user = role[0].as<std::string>();
      const std::string mend = advice(role[2].as<std::string>());
      if (role[1].as<bool>()) return {{fmt::format("role \"{}\" is a superuser; {}", user, mend)}};
      const pqxx::result writable = work.exec(
          "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
          "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
          "AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY 1 LIMIT 1");
      if (writable.empty()) return std::vector<std::string>{};
      return {{fmt::format("role \"{}\" may change table {}; {}", user, writable[0][0].c_str(), mend)}};
    });
  }

  void cancel() override {
    // libpq waits for the server's answer as long as it takes; a server that hangs must not hold up ours.
    watchdog_.hasten(kCancelPatience);
    try {
      std::jthread([connection = connection_] {
        try {
          connection->cancel_query();
        } catch (const std::exception&) {
          // The server is gone: then so is the statement.
        }
      }).detach();
    } catch (const std::system_error&) {
      // No thread: the connection is cut all the same.
    }
  }

  bool usable() const override {
    if (!connection_->is_open()) return false;
    // Between statements the server has nothing to say, except that it goes.
    pollfd socket{connection_->sock(), POLLIN, 0};
    return ::poll(&socket, 1, 0) == 0;
  }

 private:
  using Transaction = pqxx::read_transaction;

  static std::string advice(const std::string& database) {
    return fmt::format(
        "give Picket a role of its own that only reads: CREATE ROLE picket_reader LOGIN PASSWORD '...'; "
        "GRANT CONNECT ON DATABASE \"{}\" TO picket_reader; GRANT USAGE ON SCHEMA public TO picket_reader; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO picket_reader; "
        "ALTER ROLE picket_reader SET default_transaction_read_only = on",
        database);
  }

  /// Runs `work` in a read-only transaction that is rolled back, and turns what libpqxx throws into an error.
  template <class Work>
  auto within(const ReadLimits& limits, const Work& work) -> decltype(work(std::declval<Transaction&>())) {
    sqlstate_.clear();
    deadline_ = Deadline::after(clock_, limits.timeout);
    const Watchdog::Guard guard(watchdog_, connection_->sock(), limits.timeout + kReadSilenceMax,
                                wire_limit(limits));
    try {
      auto result = transact(limits, work);
      pqxx::nontransaction(*connection_).exec("DISCARD ALL");
      return result;
    } catch (const std::bad_alloc&) {
      return refuse(ReadFailure::Cardinality, "there is no memory for the result");
    } catch (const pqxx::sql_error& error) {
      if (guard.took_too_much()) return tl::unexpected(too_large(format_bytes(limits.bytes)));
      sqlstate_ = error.sqlstate();
      const bool in_time = !deadline_.passed(clock_);
      return refuse(connection_->is_open() ? failure_of(sqlstate_, in_time) : ReadFailure::Connect,
                    readable_message(error.what(), password_));
    } catch (const std::exception& error) {
      if (guard.took_too_much()) return tl::unexpected(too_large(format_bytes(limits.bytes)));
      return refuse(connection_->is_open() ? ReadFailure::Sql : ReadFailure::Connect,
                    readable_message(error.what(), password_));
    }
  }

  template <class Work>
  auto transact(const ReadLimits& limits, const Work& work) -> decltype(work(std::declval<Transaction&>())) {
    Transaction transaction(*connection_);
    transaction.exec(fmt::format(
        "SET LOCAL client_encoding = 'UTF8'; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; "
        "SET LOCAL extra_float_digits = 1; SET LOCAL cursor_tuple_fraction = 1; "
        "SET LOCAL client_min_messages = error; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = "
        "{}; "
        "SET LOCAL idle_in_transaction_session_timeout = {}",
        millis(limits.lock_timeout), millis(limits.timeout), millis(limits.timeout + kReadSilenceMax)));
    return work(transaction);
  }

  ReadResult<Rows> through_cursor(Transaction& work, std::string_view sql, const ReadLimits& limits) {
    work.exec_params("DECLARE picket NO SCROLL CURSOR FOR " + std::string(sql));
    Gathered gathered(limits);
    for (bool more = true; more;) {
      const Duration left = deadline_.remaining(clock_);
      if (left == Duration::zero()) return refuse(ReadFailure::Timeout, "the statement took too long");
      const std::size_t count = gathered.next_batch();
      const pqxx::result batch = work.exec(
          fmt::format("SET LOCAL statement_timeout = {}; FETCH FORWARD {} FROM picket", millis(left), count));
      if (auto error = gathered.add(batch)) return tl::unexpected(std::move(*error));
      more = batch.size() == count;
    }
    return gathered.take();
  }

  ReadResult<Rows> as_it_is(Transaction& work, const std::string& sql, const ReadLimits& limits) {
    Gathered gathered(limits);
    if (auto error = gathered.add(work.exec_params(sql))) return tl::unexpected(std::move(*error));
    return gathered.take();
  }

  const SystemClock clock_;
  const Secret password_;
  Watchdog watchdog_;
  std::shared_ptr<pqxx::connection>
      connection_;  ///< a cancel() that the server does not answer holds it, too
  pqxx::quiet_errorhandler quiet_;
  Deadline deadline_;
  std::string sqlstate_;  ///< of the last failure
};

}  // namespace

ReadResult<std::unique_ptr<Source>> connect_postgres_source(const Dsn& dsn) {
  const Conninfo conninfo = make_conninfo(dsn);
  try {
    return std::make_unique<PostgresSource>(conninfo);
  } catch (const std::exception& error) {
    return refuse(ReadFailure::Connect, readable_message(error.what(), conninfo.password));
  }
}

}  // namespace picket::sql
