#include "exporters/health/probers/postgres_prober.h"

#include <algorithm>

#include "base/exec/mutex.h"
#include "base/net/loop_timer.h"
#include "base/text/numbers.h"
#include "exporters/health/probers/postgres_link.h"
#include "exporters/health/probers/stream_run.h"

namespace picket::health {

/// Lives as long as the prober or a run of its. Safe from any thread.
class KeptConnection {
 public:
  struct Held {
    std::unique_ptr<PostgresLink> link;
    MonoTime since{};
  };

  Held take() {
    const MutexLock lock(mutex_);
    return std::exchange(held_, Held());
  }
  void put(Held held) {
    const MutexLock lock(mutex_);
    std::swap(held_, held);
  }
  void drop(MonoTime since) {
    const MutexLock lock(mutex_);
    if (held_.since == since) held_ = Held();
  }

 private:
  Mutex mutex_;
  Held held_ GUARDED_BY(mutex_);
};

namespace {

using Failure = PostgresLink::Failure;
template <class T>
using Outcome = PostgresLink::Outcome<T>;
using Rows = PostgresLink::Rows;

/// After that a login is tried again: a password that was changed or a server without free connections shows
/// within it.
constexpr Duration kMostAge = std::chrono::minutes(1);
constexpr std::size_t kMostStates = 64;

constexpr const char* kStatistics =
    "SELECT (SELECT setting::bigint FROM pg_settings WHERE name = 'max_connections'), "
    "pg_is_in_recovery()::int, "
    "CASE WHEN pg_is_in_recovery() THEN COALESCE(EXTRACT(EPOCH FROM now() - "
    "pg_last_xact_replay_timestamp()), 0) END, "
    "(SELECT EXTRACT(EPOCH FROM now() - min(xact_start)) FROM pg_stat_activity WHERE state <> 'idle' AND pid "
    "<> pg_backend_pid()), "
    "(SELECT max(age(datfrozenxid)) FROM pg_database)";
constexpr const char* kConnections =
    "SELECT COALESCE(state, 'other'), count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "GROUP BY 1 ORDER BY 1";

using Cell = std::optional<std::string>;

std::optional<double> real_of(const Cell& cell) {
  if (!cell) return std::nullopt;
  if (*cell == "t" || *cell == "f") return *cell == "t" ? 1 : 0;
  const Result<double> value = parse_double(*cell);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::uint64_t> count_of(const Cell& cell) {
  const Result<std::int64_t> value = parse_int(cell.value_or(""));
  if (!value) return std::nullopt;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, *value));
}

void read_connections(const Rows& rows, PostgresFacts& facts) {
  for (const auto& row : rows) {
    if (row.size() == 2) facts.connections.emplace_back(row[0].value_or(""), count_of(row[1]).value_or(0));
  }
}

void read_statistics(const Rows& rows, PostgresFacts& facts) {
  constexpr std::size_t kColumns = 5;
  if (rows.empty() || rows.front().size() != kColumns) return;
  const auto& row = rows.front();
  facts.max_connections = count_of(row[0]);
  facts.in_recovery = count_of(row[1]).value_or(0) != 0;
  facts.replication_lag_seconds = real_of(row[2]);
  facts.oldest_transaction_age_seconds = real_of(row[3]);
  facts.transaction_id_age = count_of(row[4]);
}

void judge(const PostgresProbeConfig& config, const PostgresFacts& facts, ProbeResult& result) {
  if (config.max_replication_lag &&
      facts.replication_lag_seconds.value_or(0) > seconds(*config.max_replication_lag)) {
    result.degraded = true;
    result.detail = fmt::format("replication lags {:.0f} s behind", *facts.replication_lag_seconds);
  }
  std::uint64_t used = 0;
  for (const auto& [state, count] : facts.connections) used += count;
  const double most = static_cast<double>(facts.max_connections.value_or(0)) * config.max_connection_ratio;
  if (facts.max_connections && static_cast<double>(used) > most) {
    result.degraded = true;
    result.detail = fmt::format("{} of {} connections are in use", used, *facts.max_connections);
  }
}

/// One way to a server: `address` is empty for a Unix socket.
struct Attempt {
  PostgresProbeConfig::Server server;
  std::optional<IpAddress> address;
  std::string session_attributes;  ///< instead of the DSN's, or ""
};

/// What stands before the DSN it may override, what stands behind it not.
PostgresLink::Parameters parameters_of(const PostgresProbeConfig& config, const Attempt& attempt) {
  return {{"application_name", "picket"},
          {"gssencmode", "disable"},  // looks for a ticket, and waits for whoever gives it
          {"dbname", config.dsn.reveal()},
          {"client_encoding", "UTF8"},
          {"host", attempt.server.host},
          {"hostaddr", attempt.address ? attempt.address->text() : ""},
          {"port", attempt.server.port},
          {"target_session_attrs", attempt.session_attributes}};
}

/// One probe. Names are looked up on the resolver's loop, the rest happens on libpq's, whose deadline timer
/// holds the run.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(std::shared_ptr<const PostgresProbeConfig> config, const ProberServices& services,
      std::shared_ptr<KeptConnection> kept, Deadline deadline, Prober::Done done)
      : config_(std::move(config)),
        services_(services),
        kept_(std::move(kept)),
        deadline_(deadline),
        start_(now()),
        done_(std::move(done)) {}

  void resolve_from(std::size_t nth) {
    for (; nth < config_->servers.size(); ++nth) {
      const PostgresProbeConfig::Server& server = config_->servers[nth];
      if (!server.is_local()) return resolve(nth);
      attempts_.push_back({server, std::nullopt, ""});
    }
    services_.postgres_loop.post([self = shared_from_this()] { self->begin(); });
  }

 private:
  MonoTime now() const { return services_.clock().mono(); }

  void resolve(std::size_t nth) {
    const PostgresProbeConfig::Server& server = config_->servers[nth];
    services_.resolver.resolve(server.address.empty() ? server.host : server.address, IpPreference::Any,
                               deadline_,
                               [self = shared_from_this(), nth](const Result<std::vector<IpAddress>>& found) {
                                 self->resolved(nth, found);
                                 self->resolve_from(nth + 1);
                               });
  }

  void resolved(std::size_t nth, const Result<std::vector<IpAddress>>& found) {
    result_.set_phase(Phase::Resolve, now() - start_);
    if (!found) {
      failure_ = {reason_of(found.error(), FailureReason::Resolve), found.error().message};
      return;
    }
    for (const IpAddress& address : *found) {
      if (const Result<void> allowed = services_.policy->check(address)) {
        attempts_.push_back({config_->servers[nth], address, ""});
      } else {
        failure_ = {FailureReason::Policy, allowed.error().message};
      }
    }
  }

  void begin() {
    if (attempts_.empty()) return fail(failure_);
    if (deadline_.passed(services_.clock()))
      return fail({FailureReason::Internal, "the exporter was too busy to begin in time"});
    deadline_timer_.emplace(services_.postgres_loop);
    attempt_timer_.emplace(services_.postgres_loop);
    deadline_timer_->at(deadline_.at, [self = shared_from_this()] { self->late(); });
    if (config_->prefer_standby) ask_for_standbys_first();
    if (!config_->new_connection) held_ = kept_->take();
    reused_ = held_.link && now() - held_.since < kMostAge && held_.link->is_idle();
    if (reused_) return ask();
    connect_next();
  }

  void ask_for_standbys_first() {
    const std::vector<Attempt> any = attempts_;
    for (Attempt& attempt : attempts_) attempt.session_attributes = "standby";
    for (const Attempt& attempt : any) attempts_.push_back({attempt.server, attempt.address, "any"});
  }

  void connect_next() {
    if (next_ == attempts_.size()) return fail(failure_);
    const Attempt& attempt = attempts_[next_++];
    held_ = {std::make_unique<PostgresLink>(services_.postgres_loop), now()};
    doing_ = "connecting";
    // A silent address leaves some time to the others.
    const auto left = static_cast<Duration::rep>(attempts_.size() - next_ + 1);
    if (left > 1)
      attempt_timer_->at(now() + deadline_.remaining(services_.clock()) / left, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
          self->attempt_failed({FailureReason::Timeout, "connecting: no answer in time"});
      });
    held_.link->connect(parameters_of(*config_, attempt),
                        [weak = weak_from_this()](const Outcome<void>& outcome) {
                          const auto self = weak.lock();
                          if (!self) return;
                          if (!outcome) return self->attempt_failed(outcome.error());
                          self->connected();
                        });
  }

  void attempt_failed(const Failure& failure) {
    attempt_timer_->cancel();
    failure_ = failure;
    if (!failure.try_others) return fail(failure_);
    connect_next();
  }

  void connected() {
    attempt_timer_->cancel();
    connect_took_ = now() - held_.since;
    result_.set_phase(Phase::Connect, connect_took_);
    result_.peer = attempts_[next_ - 1].address;
    // A query that we give up ends on the server too. Whatever is refused here shows at the query.
    const auto most = std::chrono::ceil<std::chrono::milliseconds>(deadline_.at - start_).count();
    held_.link->query(fmt::format("SET statement_timeout = {}", std::max<std::int64_t>(most, 1)), 0,
                      [weak = weak_from_this()](const Outcome<Rows>&) {
                        if (const auto self = weak.lock()) self->ask();
                      });
  }

  void ask() {
    doing_ = "the query";
    asked_ = now();
    held_.link->query(config_->query, 1, [weak = weak_from_this()](const Outcome<Rows>& outcome) {
      if (const auto self = weak.lock()) self->answered(outcome);
    });
  }

  void answered(const Outcome<Rows>& outcome) {
    const Duration took = now() - asked_;
    if (!outcome && std::exchange(reused_, false) && held_.link->is_broken()) return connect_next();
    result_.set_phase(Phase::Request, took);
    if (!outcome) return fail(outcome.error());
    const Cell value = outcome->empty() || outcome->front().empty() ? Cell() : outcome->front().front();
    if (config_->min_value && real_of(value).value_or(0) < *config_->min_value) {
      return fail({FailureReason::Content,
                   fmt::format("the query gave {}, want at least {}",
                               outcome->empty() ? "nothing" : plain_peer_text(value.value_or("null")),
                               format_double(*config_->min_value))});
    }
    result_.success = true;
    result_.duration = config_->new_connection ? connect_took_ + took : took;
    read_server();
  }

  /// Apart from what is judged: what does not come, or not in time, is left out.
  void read_server() {
    held_.link->query(kConnections, kMostStates, [weak = weak_from_this()](const Outcome<Rows>& connections) {
      const auto self = weak.lock();
      if (!self) return;
      if (connections) read_connections(*connections, self->facts_);
      self->held_.link->query(kStatistics, 1, [weak](const Outcome<Rows>& statistics) {
        const auto again = weak.lock();
        if (!again) return;
        if (statistics) read_statistics(*statistics, again->facts_);
        again->end();
      });
    });
  }

  void late() {
    if (result_.success) return end();
    fail({FailureReason::Timeout, fmt::format("{}: no answer in time", doing_)});
  }

  void fail(const Failure& failure) {
    result_.fail_with(failure.reason, failure.message);
    result_.duration = now() - start_;
    end();
  }

  void end() {
    if (!done_) return;
    if (result_.success) {
      judge(*config_, facts_, result_);
      result_.facts = std::move(facts_);
    }
    if (!config_->new_connection && held_.link && held_.link->is_idle()) keep();
    held_ = {};
    deadline_timer_.reset();
    attempt_timer_.reset();
    const Prober::Done done = std::exchange(done_, nullptr);
    done(std::move(result_));
  }

  void keep() {
    const MonoTime since = held_.since;
    if (!reused_) {
      services_.scheduler.at(since + kMostAge, [weak = std::weak_ptr(kept_), since] {
        if (const auto kept = weak.lock()) kept->drop(since);
      });
    }
    kept_->put(std::move(held_));
  }

  const std::shared_ptr<const PostgresProbeConfig> config_;
  const ProberServices services_;
  const std::shared_ptr<KeptConnection> kept_;
  const Deadline deadline_;
  const MonoTime start_;
  Prober::Done done_;

  std::vector<Attempt> attempts_;
  std::size_t next_ = 0;
  Failure failure_;  // the last
  std::optional<LoopTimer> deadline_timer_, attempt_timer_;
  KeptConnection::Held held_;
  bool reused_ = false;
  std::string_view doing_ = "connecting";
  Duration connect_took_{};
  MonoTime asked_{};
  PostgresFacts facts_;
  ProbeResult result_;
};

}  // namespace

PostgresProber::PostgresProber(std::shared_ptr<const PostgresProbeConfig> config,
                               const ProberServices& services)
    : config_(std::move(config)), services_(services), kept_(std::make_shared<KeptConnection>()) {}

void PostgresProber::probe(const ProbeTarget& /*target*/, Deadline deadline, Done done) {
  std::make_shared<Run>(config_, services_, kept_, deadline, std::move(done))->resolve_from(0);
}

}  // namespace picket::health
