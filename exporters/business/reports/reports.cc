#include "exporters/business/reports/reports.h"

#include <algorithm>

#include "base/time/timestamp.h"

namespace picket::business {
namespace {

constexpr std::size_t kRowsMost = 100'000;

tl::unexpected<ReportFailure> failed(int status, std::string detail) {
  return tl::unexpected(ReportFailure{status, std::move(detail)});
}

std::string key_of(const ReportQuery& query) {
  return fmt::format("{} {} {} {}", query.report->config.kpi, format_day(query.span.from),
                     format_day(query.span.to), to_string(query.span.step));
}

tl::unexpected<ReportFailure> too_late(const std::string& database, Duration timeout) {
  return failed(504,
                fmt::format("database \"{}\" did not answer within {}", database, format_duration(timeout)));
}

int status_of(sql::ReadFailure reason) {
  switch (reason) {
    case sql::ReadFailure::Timeout:
      return 504;
    case sql::ReadFailure::Connect:
    case sql::ReadFailure::Cancelled:
      return 503;
    case sql::ReadFailure::Cardinality:
    case sql::ReadFailure::Sql:
      break;
  }
  return 502;
}

Reports::Answer split(const Reports::Answer& answer, const std::vector<std::string>& by) {
  if (!answer || (*answer)->by == by) return answer;
  return std::make_shared<const ReportTable>((*answer)->split_by(by));
}

Reports::Answer answer_of(ReportTable table, const ReadOutcome& outcome) {
  if (!outcome.rows) {
    const sql::ReadError& error = outcome.rows.error();
    return failed(status_of(error.reason),
                  fmt::format("database \"{}\": {}", table.report->use.database, error.message));
  }
  Result<ReportTable> filled = with_rows(std::move(table), *outcome.rows);
  if (!filled) return failed(502, filled.error().message);
  return std::make_shared<const ReportTable>(std::move(*filled));
}

}  // namespace

/// One run of a statement, and who waits for it. Guarded by State::mutex.
struct Reports::Flight {
  struct Waiter {
    std::vector<std::string> by;
    Done done;
  };
  std::string key, database;
  std::vector<Waiter> waiters;
  std::optional<Answer> answer;
  MonoTime good_until{};
  std::optional<TimerId> timer;
};

struct Reports::State {
  explicit State(Scheduler& its_scheduler) : scheduler(its_scheduler), clock(its_scheduler.clock()) {}
  Scheduler& scheduler;
  const Clock& clock;
  Mutex mutex;
  CataloguePtr catalogue GUARDED_BY(mutex) = std::make_shared<const ReportCatalogue>();
  std::map<std::string, FlightPtr> flights GUARDED_BY(mutex);

  /// What is known at once, or a flight that is to begin, or neither: then another one answers.
  struct Joined {
    std::optional<Answer> known{};
    FlightPtr fresh{};
    ReportsConfig config{};
  };
  Joined join(const ReportQuery& query, const Done& done) REQUIRES(mutex) {
    forget_old();
    const std::string key = key_of(query);
    const std::string& database = query.report->use.database;
    if (const auto found = flights.find(key); found != flights.end()) {
      if (found->second->answer) return {.known = found->second->answer};
      found->second->waiters.push_back({query.by, done});
      return {};
    }
    if (under_way(database) >= kUnderWayMost) {
      return {.known = failed(503, fmt::format("{} reports of database \"{}\" are under way already",
                                               kUnderWayMost, database))};
    }
    auto flight = std::make_shared<Flight>();
    flight->key = key;
    flight->database = database;
    flight->waiters.push_back({query.by, done});
    flights.emplace(key, flight);
    return {.known = {}, .fresh = std::move(flight), .config = catalogue->config};
  }
  void forget_old() REQUIRES(mutex) {
    const MonoTime now = clock.mono();
    const bool is_full = flights.size() > kKeptMost;
    std::erase_if(flights, [&](const auto& entry) {
      return entry.second->answer && (is_full || now >= entry.second->good_until);
    });
  }
  std::size_t under_way(const std::string& database) const REQUIRES(mutex) {
    return static_cast<std::size_t>(std::ranges::count_if(flights, [&](const auto& entry) {
      return !entry.second->answer && entry.second->database == database;
    }));
  }
};

Reports::Reports(Scheduler& scheduler, Submit submit)
    : scheduler_(scheduler), submit_(std::move(submit)), state_(std::make_shared<State>(scheduler)) {}

Reports::~Reports() {
  end_all("the exporter stops");
}

void Reports::apply(CataloguePtr catalogue) {
  {
    const MutexLock lock(state_->mutex);
    state_->catalogue = std::move(catalogue);
  }
  end_all("the configuration was read again meanwhile");
}

void Reports::end_all(const std::string& why) {
  std::map<std::string, FlightPtr> flights;
  {
    const MutexLock lock(state_->mutex);
    flights.swap(state_->flights);
  }
  for (const auto& [key, flight] : flights) end(state_, flight, failed(503, why));
}

CataloguePtr Reports::catalogue() const {
  const MutexLock lock(state_->mutex);
  return state_->catalogue;
}

void Reports::ask(const ReportQuery& query, const Done& done) {
  State::Joined joined;
  {
    const MutexLock lock(state_->mutex);
    joined = state_->join(query, done);
  }
  if (joined.known) done(split(*joined.known, query.by));
  if (joined.fresh) begin(joined.fresh, query, joined.config);
}

void Reports::begin(const FlightPtr& flight, const ReportQuery& query, const ReportsConfig& config) {
  ReportTable table{.report = query.report,
                    .location = config.location,
                    .span = query.span,
                    .times = ReportTimes(query.span, config.location, state_->clock.wall()),
                    .read_at = state_->clock.wall(),
                    .by = query.report->config.by,
                    .series = {}};
  const MonoTime deadline = state_->clock.mono() + config.timeout;
  Read read;
  read.sql = query.report->statement(table.times.list());
  read.limits = {.rows = kRowsMost, .bytes = 16_MiB, .timeout = config.timeout};
  read.suspect = true;
  read.needed_by = deadline;
  read.done = [state = state_, flight, table = std::move(table)](const ReadOutcome& outcome) {
    end(state, flight, answer_of(table, outcome));
  };
  const TimerId timer = scheduler_.at(deadline, [state = state_, flight, timeout = config.timeout] {
    end(state, flight, too_late(flight->database, timeout));
  });
  {
    const MutexLock lock(state_->mutex);
    flight->timer = timer;
  }
  if (!submit_(flight->database, std::move(read)))
    end(state_, flight,
        failed(503, fmt::format("database \"{}\" has too many reads waiting", flight->database)));
}

void Reports::end(const std::shared_ptr<State>& state, const FlightPtr& flight, const Answer& answer) {
  std::vector<Flight::Waiter> waiters;
  std::optional<TimerId> timer;
  {
    const MutexLock lock(state->mutex);
    if (flight->answer) return;
    flight->answer = answer;
    flight->good_until = state->clock.mono() + kKept;
    waiters.swap(flight->waiters);
    timer = flight->timer;
    const auto found = state->flights.find(flight->key);
    if (!answer && found != state->flights.end() && found->second == flight) state->flights.erase(found);
  }
  if (timer) state->scheduler.cancel(*timer);
  for (const Flight::Waiter& waiter : waiters) waiter.done(split(answer, waiter.by));
}

}  // namespace picket::business
