#include "base/sql/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <optional>
#include <pqxx/pqxx>
#include <pqxx/tablewriter>
#include <unordered_map>

#include "base/sql/copy_line.h"
#include "base/sql/doomed_session.h"
#include "base/sql/postgres_errors.h"
#include "base/sql/postgres_values.h"
#include "base/text/strings.h"

namespace picket::sql {
namespace {

// More different statements than any store has; when it is reached the cache starts afresh.
constexpr std::size_t kPreparedMax = 256;
// How long after its own timeout a statement may stay unanswered before the connection is cut.
constexpr Duration kSilenceMax = std::chrono::seconds(5);

// Parameters travel as text without a type, so that a number fits a text column and the other way round.
class TextParams {
 public:
  explicit TextParams(const Params& params) {
    texts_.reserve(params.size());
    for (const Value& value : params) {
      texts_.push_back(text_of(value));
      pointers_.push_back(std::holds_alternative<std::monostate>(value) ? nullptr : texts_.back().c_str());
    }
  }
  TextParams(const TextParams&) = delete;
  TextParams& operator=(const TextParams&) = delete;

  bool has_zero_byte() const {
    return std::any_of(texts_.begin(), texts_.end(),
                       [](const std::string& text) { return text.find('\0') != std::string::npos; });
  }
  const std::vector<const char*>& pointers() const { return pointers_; }

 private:
  static std::string text_of(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
    if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return "";
  }

  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

}  // namespace

class PostgresConnection::Link {
 public:
  Link(const Settings& settings, Watchdog& watchdog)
      : settings_(settings),
        watchdog_(watchdog),
        connection_(settings.conninfo.text.reveal()),
        quiet_(connection_) {
// Reconnecting is the pool's business: libpqxx would do it in the middle of things.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    std::optional<Watchdog::Guard> guard;
    watch(guard);
    pqxx::nontransaction work(connection_);
    work.exec(fmt::format(
        "SET client_min_messages = warning; SET statement_timeout = {}; SET client_encoding = 'UTF8'; "
        "SET standard_conforming_strings = on; SET TimeZone = 'UTC'",
        millis(settings.statement_timeout)));
  }

  static std::int64_t millis(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  }

  /// Runs `work`, turning what libpqxx throws into an error.
  template <class Work>
  auto attempt(Work&& work) -> decltype(work()) {
    worth_retrying_ = false;
    try {
      return work();
    } catch (const pqxx::statement_completion_unknown& error) {
      return fail(described(ErrorKind::Unavailable, error));
    } catch (const pqxx::transaction_rollback& error) {
      worth_retrying_ = true;
      return fail(described(ErrorKind::Timeout, error));
    } catch (const pqxx::sql_error& error) {
      return fail(described(
          connection_.is_open() ? postgres_error_kind(error.sqlstate()) : ErrorKind::Unavailable, error));
    } catch (const pqxx::failure& error) {
      // broken_connection also stands for a statement that breaks the protocol's rules: too few parameters.
      return fail(described(connection_.is_open() ? ErrorKind::InvalidInput : ErrorKind::Unavailable, error));
    } catch (const std::exception& error) {
      return fail(described(ErrorKind::Internal, error));
    }
  }

  Result<pqxx::result> run(pqxx::transaction_base& transaction, std::string_view sql, const Params& params) {
    if (trim(sql).empty()) return fail(ErrorKind::InvalidInput, "not one SQL statement");
    const TextParams texts(params);
    if (texts.has_zero_byte()) return fail(ErrorKind::InvalidInput, "a text with a zero byte");
    return attempt([&]() -> Result<pqxx::result> {
      std::optional<Watchdog::Guard> guard;
      watch(guard);
      return transaction.exec_prepared(statement(sql), pqxx::prepare::make_dynamic_params(texts.pointers()));
    });
  }

  void watch(std::optional<Watchdog::Guard>& guard) {
    guard.emplace(watchdog_, connection_.sock(),
                  settings_.statement_timeout + std::min(settings_.statement_timeout, kSilenceMax));
  }

  bool usable() const {
    if (!connection_.is_open()) return false;
    // Between statements the server has nothing to say, except that it goes.
    pollfd socket{connection_.sock(), POLLIN, 0};
    return ::poll(&socket, 1, 0) == 0;
  }

  pqxx::connection& connection() { return connection_; }
  bool worth_retrying() const { return worth_retrying_; }

 private:
  const std::string& statement(std::string_view sql) {
    std::string key(sql);
    if (const auto found = statements_.find(key); found != statements_.end()) return found->second;
    if (statements_.size() >= kPreparedMax) forget_statements();
    std::string name = fmt::format("p{}", ++prepared_);
    connection_.prepare(name, key);
    return statements_.emplace(std::move(key), std::move(name)).first->second;
  }

  void forget_statements() {
    for (const auto& [sql, name] : statements_) connection_.unprepare(name);
    statements_.clear();
  }

  Error described(ErrorKind kind, const std::exception& error) const {
    return {kind, readable_message(error.what(), settings_.conninfo.password)};
  }

  const Settings settings_;
  Watchdog& watchdog_;
  pqxx::connection connection_;
  pqxx::quiet_errorhandler quiet_;
  std::unordered_map<std::string, std::string> statements_;
  std::uint64_t prepared_ = 0;
  bool worth_retrying_ = false;
};

class PostgresConnection::TransactionSession final : public Session {
 public:
  TransactionSession(Link& link, pqxx::transaction_base& transaction)
      : link_(link), transaction_(transaction) {}

  Result<Rows> query(std::string_view sql, const Params& params) override {
    const auto result = link_.run(transaction_, sql, params);
    if (!result) return fail(result);
    return rows_of(*result);
  }
  Result<std::int64_t> execute(std::string_view sql, const Params& params) override {
    const auto result = link_.run(transaction_, sql, params);
    if (!result) return fail(result);
    return static_cast<std::int64_t>(result->affected_rows());
  }

 private:
  Link& link_;
  pqxx::transaction_base& transaction_;
};

PostgresConnection::PostgresConnection(std::unique_ptr<Link> link) : link_(std::move(link)) {}
PostgresConnection::~PostgresConnection() = default;

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::connect(const Settings& settings,
                                                                        Watchdog& watchdog) {
  try {
    auto link = std::make_unique<Link>(settings, watchdog);
    return std::unique_ptr<PostgresConnection>(new PostgresConnection(std::move(link)));
  } catch (const std::exception& error) {
    return fail(ErrorKind::Unavailable, readable_message(error.what(), settings.conninfo.password));
  }
}

Result<Rows> PostgresConnection::query(std::string_view sql, const Params& params) {
  return link_->attempt([&]() -> Result<Rows> {
    pqxx::nontransaction each(link_->connection());
    return TransactionSession(*link_, each).query(sql, params);
  });
}

Result<std::int64_t> PostgresConnection::execute(std::string_view sql, const Params& params) {
  return link_->attempt([&]() -> Result<std::int64_t> {
    pqxx::nontransaction each(link_->connection());
    return TransactionSession(*link_, each).execute(sql, params);
  });
}

Result<void> PostgresConnection::transaction(const Work& work) {
  return link_->attempt([&]() -> Result<void> {
    std::optional<Watchdog::Guard> guard;
    link_->watch(guard);
    pqxx::transaction<pqxx::serializable> open(link_->connection());
    guard.reset();
    TransactionSession plain(*link_, open);
    DoomedSession session(plain);
    auto done = work(session);
    link_->watch(guard);  // the commit, or the rollback when `open` goes
    if (!done) return done;
    if (session.error()) return fail(*session.error());
    open.commit();
    return done;
  });
}

Result<void> PostgresConnection::append(const TableColumns& into, std::span<const Params> rows) {
  if (std::ranges::any_of(rows, has_zero_byte))
    return fail(ErrorKind::InvalidInput, "a text with a zero byte");
  return link_->attempt([&]() -> Result<void> {
    std::optional<Watchdog::Guard> guard;
    link_->watch(guard);
    pqxx::work open(link_->connection());
    // Its successor, stream_to, takes no rows whose width is known at run time only.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    pqxx::tablewriter writer(open, into.table, into.columns.begin(), into.columns.end());
#pragma GCC diagnostic pop
    for (const Params& row : rows) {
      check(row.size() == into.columns.size(), "a row has a value for each column");
      writer.write_raw_line(copy_line(row));
    }
    writer.complete();
    open.commit();
    return {};
  });
}

Result<void> PostgresConnection::exclusive_transaction(const ExclusiveWork& work) {
  return link_->attempt([&]() -> Result<void> {
    pqxx::work open(link_->connection());
    open.exec("SET LOCAL statement_timeout = 0");
    TransactionSession session(*link_, open);
    auto done = work(session, [&](const std::string& sql) {
      return link_->attempt([&]() -> Result<void> {
        open.exec(sql);
        return {};
      });
    });
    if (done) open.commit();
    return done;
  });
}

bool PostgresConnection::usable() const {
  return link_->usable();
}
bool PostgresConnection::worth_retrying() const {
  return link_->worth_retrying();
}

}  // namespace picket::sql
