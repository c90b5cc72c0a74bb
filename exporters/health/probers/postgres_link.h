// One connection to PostgreSQL that never waits: libpq's asynchronous face on an EventLoop. One operation at
// a time, on the loop's thread; its callback runs once, on the loop, never inside the call, and may destroy
// the link. Whoever gives up destroys the link: then nothing is called. Between operations it may be held and
// destroyed on any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/net/event_loop.h"
#include "exporters/health/probe/failure_reason.h"

namespace picket::health {

class PostgresLink {
 public:
  struct Failure {
    FailureReason reason = FailureReason::Internal;
    std::string message;     ///< for a person, cut and repaired; never the password
    bool try_others = true;  ///< of connect(): another server of the same DSN may do
  };
  template <class T>
  using Outcome = tl::expected<T, Failure>;
  using Parameters = std::vector<std::pair<std::string, std::string>>;  ///< libpq's keywords
  using Rows = std::vector<std::vector<std::optional<std::string>>>;
  using Connected = std::function<void(Outcome<void>)>;
  using Answered = std::function<void(Outcome<Rows>)>;

  explicit PostgresLink(EventLoop& loop);
  ~PostgresLink();
  PostgresLink(const PostgresLink&) = delete;
  PostgresLink& operator=(const PostgresLink&) = delete;

  /// `parameters` must say where by address, so that libpq looks nothing up. Reasons: auth, cert, tls,
  /// protocol, connect.
  void connect(const Parameters& parameters, Connected connected);
  /// The first `max_rows` rows of the last statement of `sql`. Reasons: auth (privilege), timeout, connect
  /// (the connection broke), content.
  void query(const std::string& sql, std::size_t max_rows, Answered answered);

  bool is_broken() const;
  /// Connected, between statements and transactions, and the server has not hung up.
  bool is_idle() const;

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;
};

}  // namespace picket::health
