#include "exporters/health/probers/postgres_link.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>

#include "base/net/fd_watcher.h"
#include "base/net/tls.h"
#include "base/sql/postgres_errors.h"
#include "base/text/strings.h"
#include "exporters/health/probers/stream_run.h"

namespace picket::health {
namespace {

using Failure = PostgresLink::Failure;
using ResultPtr = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr std::string_view kNotNow = "57P03";  // starting up, shutting down: another server may do

FailureReason reason_of_sqlstate(std::string_view state, FailureReason otherwise) {
  if (state.starts_with("28") || state == "3D000" || state == "42501") return FailureReason::Auth;
  switch (sql::postgres_error_kind(state)) {
    case ErrorKind::Timeout:
      return FailureReason::Timeout;
    case ErrorKind::Unavailable:
      return FailureReason::Connect;
    default:
      return otherwise;
  }
}

/// Takes the SQLSTATE out of "... FATAL:  28P01: password authentication failed ...": libpq gives that of a
/// connection nowhere else.
std::string take_sqlstate(std::string& line) {
  constexpr std::string_view kBefore = ":  ", kAfter = ": ";
  constexpr std::size_t kLength = 5;
  const std::size_t at = line.find(kBefore);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + kBefore.size();
  std::string state = line.substr(begin, kLength);
  const bool fits = state.size() == kLength && std::all_of(state.begin(), state.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                    });
  if (!fits || std::string_view(line).substr(begin + kLength, kAfter.size()) != kAfter) return "";
  line.erase(begin, kLength + kAfter.size());
  return state;
}

/// The line of a message that says what happened: the last that is not an addition to another.
std::string telling_line(const std::string& message) {
  std::string_view telling;
  for (const std::string_view line : split(message, '\n')) {
    const bool addition = line.starts_with("LOCATION:") || line.starts_with("DETAIL:") ||
                          line.starts_with("HINT:") || line.starts_with("CONTEXT:") || line.starts_with("\t");
    if (!addition && !trim(line).empty()) telling = trim(line);
  }
  return std::string(telling);
}

/// Of a connection that failed before the server said why.
FailureReason reason_without_sqlstate(std::string_view message) {
  const auto says = [message](std::string_view text) { return message.find(text) != std::string_view::npos; };
  if (says("certificate verify failed") || says("server certificate for")) return FailureReason::Cert;
  if (says("invalid response to SSL negotiation") || says("expected authentication request"))
    return FailureReason::Protocol;
  if (says("SSL error") || says("does not support SSL") || says("root certificate"))
    return FailureReason::Tls;
  if (says("no password supplied") || says("authentication method")) return FailureReason::Auth;
  return FailureReason::Connect;
}

Failure connect_failure(const PGconn* connection) {
  std::string line = telling_line(PQerrorMessage(connection));
  const std::string state = take_sqlstate(line);
  const FailureReason reason = state.empty() ? reason_without_sqlstate(PQerrorMessage(connection))
                                             : reason_of_sqlstate(state, FailureReason::Connect);
  return {reason, plain_peer_text(line), state.empty() || state == kNotNow};
}

Failure query_failure(const PGconn* connection, const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state != nullptr && message != nullptr)
    return {reason_of_sqlstate(state, FailureReason::Content), plain_peer_text(message)};
  return {PQstatus(connection) == CONNECTION_BAD ? FailureReason::Connect : FailureReason::Protocol,
          plain_peer_text(telling_line(PQerrorMessage(connection)))};
}

}  // namespace

class PostgresLink::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(EventLoop& loop) : loop_(loop) {}

  void connect(const Parameters& parameters, Connected connected) {
    std::vector<const char*> keywords, values;
    for (const auto& [keyword, value] : parameters) {
      keywords.push_back(keyword.c_str());
      values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    constexpr int kExpandDsn = 1;
    connection_.reset(PQconnectStartParams(keywords.data(), values.data(), kExpandDsn));
    connected_ = std::move(connected);
    if (!connection_) return fail_later({FailureReason::Internal, "no memory for a connection"});
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);  // with the SQLSTATE
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return fail_later(connect_failure(connection_.get()));
    if (!start_watching()) return;
    watcher_->watch(PQsocket(connection_.get()), false, true);
  }

  void query(const std::string& sql, std::size_t max_rows, Answered answered) {
    answered_ = std::move(answered);
    rows_.clear();
    max_rows_ = max_rows;
    statement_over_ = false;
    failure_.reset();
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
      return fail_later(query_failure(connection_.get(), nullptr));
    PQsetSingleRowMode(connection_.get());
    if (start_watching()) flush();
  }

  bool is_broken() const { return !connection_ || PQstatus(connection_.get()) == CONNECTION_BAD; }

  bool is_idle() const {
    if (is_broken() || PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) return false;
    // Between statements the server has nothing to say, except that it goes.
    pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
    return ::poll(&socket, 1, 0) == 0;
  }

  /// Nothing is called any more.
  void close() {
    connected_ = nullptr;
    answered_ = nullptr;
    watcher_.reset();
    connection_.reset();
  }

 private:
  bool start_watching() {
    watcher_ = std::make_unique<FdWatcher>(loop_, [weak = weak_from_this()](int, FdWatcher::Readiness ready) {
      const auto self = weak.lock();
      if (!self) return;
      if (self->connected_) return self->connect_more();
      if (self->answered_) self->query_more(ready.readable || ready.failed);
    });
    if (watcher_->is_open()) return true;
    fail_later({FailureReason::Internal, "no file descriptor is left to watch a connection"});
    return false;
  }

  void connect_more() {
    const PostgresPollingStatusType status = PQconnectPoll(connection_.get());
    if (status == PGRES_POLLING_FAILED)
      return end_connect(tl::unexpected(connect_failure(connection_.get())));
    if (status == PGRES_POLLING_OK) {
      PQsetnonblocking(connection_.get(), 1);
      return end_connect({});
    }
    watcher_->watch(PQsocket(connection_.get()), status == PGRES_POLLING_READING,
                    status == PGRES_POLLING_WRITING);
  }

  void flush() {
    const bool more = PQflush(connection_.get()) == 1;
    watcher_->watch(PQsocket(connection_.get()), true, more);
  }

  void query_more(bool readable) {
    if (readable && !consume()) return end_query(query_failure(connection_.get(), nullptr));
    while (PQisBusy(connection_.get()) == 0) {
      const ResultPtr result(PQgetResult(connection_.get()), PQclear);
      if (!result) return end_query(failure_);
      if (!take(result.get())) return end_query(failure_);
    }
    flush();
  }

  /// Reads what is there; TLS may hold some back that the socket does not show.
  bool consume() {
    if (PQconsumeInput(connection_.get()) == 0) return false;
    while (tls_holds_bytes(PQsslStruct(connection_.get(), "OpenSSL"))) {
      if (PQconsumeInput(connection_.get()) == 0) return false;
    }
    return true;
  }

  /// False when there can be no more results.
  bool take(const PGresult* result) {
    switch (PQresultStatus(result)) {
      case PGRES_SINGLE_TUPLE:
        if (std::exchange(statement_over_, false)) rows_.clear();
        take_row(result);
        return true;
      case PGRES_TUPLES_OK:
        if (std::exchange(statement_over_, true)) rows_.clear();
        return true;
      case PGRES_COMMAND_OK:
        return true;
      case PGRES_FATAL_ERROR:
        failure_ = query_failure(connection_.get(), result);
        return !is_broken();
      case PGRES_EMPTY_QUERY:
        failure_ = Failure{FailureReason::Content, "the query is empty"};
        return true;
      default:
        failure_ = Failure{FailureReason::Content, "the query must not be a COPY"};
        return false;
    }
  }

  void take_row(const PGresult* result) {
    if (rows_.size() >= max_rows_) return;
    std::vector<std::optional<std::string>>& row = rows_.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column) {
      if (PQgetisnull(result, 0, column) != 0) {
        row.emplace_back();
      } else {
        row.emplace_back(std::string(PQgetvalue(result, 0, column),
                                     static_cast<std::size_t>(PQgetlength(result, 0, column))));
      }
    }
  }

  void fail_later(Failure failure) {
    loop_.post([weak = weak_from_this(), failure = std::move(failure)] {
      const auto self = weak.lock();
      if (!self) return;
      if (self->connected_) return self->end_connect(tl::unexpected(failure));
      if (self->answered_) self->end_query(failure);
    });
  }

  // The callback may destroy the link: nothing is touched after it.
  void end_connect(Outcome<void> outcome) {
    watcher_.reset();
    if (!outcome) connection_.reset();
    const Connected connected = std::exchange(connected_, nullptr);
    connected(std::move(outcome));
  }

  void end_query(const std::optional<Failure>& failure) {
    watcher_.reset();
    const Answered answered = std::exchange(answered_, nullptr);
    if (failure) return answered(tl::unexpected(*failure));
    answered(std::move(rows_));
  }

  EventLoop& loop_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, PQfinish};
  std::unique_ptr<FdWatcher> watcher_;  // during an operation
  Connected connected_;
  Answered answered_;

  Rows rows_;
  std::size_t max_rows_ = 0;
  bool statement_over_ = false;  // the rows so far are all of their statement
  std::optional<Failure> failure_;
};

PostgresLink::PostgresLink(EventLoop& loop) : impl_(std::make_shared<Impl>(loop)) {}

PostgresLink::~PostgresLink() {
  impl_->close();
}

void PostgresLink::connect(const Parameters& parameters, Connected connected) {
  impl_->connect(parameters, std::move(connected));
}

void PostgresLink::query(const std::string& sql, std::size_t max_rows, Answered answered) {
  impl_->query(sql, max_rows, std::move(answered));
}

bool PostgresLink::is_broken() const {
  return impl_->is_broken();
}
bool PostgresLink::is_idle() const {
  return impl_->is_idle();
}

}  // namespace picket::health
