#include "exporters/business/demo/demo_run.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <utility>

#include "base/time/timer_thread.h"
#include "base/time/timestamp.h"
#include "exporters/business/demo/accounts.h"
#include "exporters/business/demo/messaging.h"
#include "exporters/business/demo/working.h"

namespace picket::business {
namespace {

constexpr std::size_t kRowsAtOnce = 50'000;
constexpr std::int64_t kCustomersAtOnce = 1000;
constexpr Duration kBeat = std::chrono::seconds(5);

std::int64_t whole_seconds(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

Period history_of(std::int64_t days, std::int64_t ends) {
  const std::int64_t begins = ends - days * kDay;
  return {begins - begins % kDay, ends};
}

class Fill {
 public:
  Fill(DemoDatabase& database, Company& company, Progress& progress, const std::stop_token& stop)
      : database_(database), company_(company), progress_(progress), stop_(stop) {}

  Result<void> run() {
    company_.found();
    if (auto customers = enter_customers(); !customers) return customers;
    return pass_days();
  }

 private:
  Result<void> enter_customers() {
    const std::int64_t all = company_.plan().customers;
    progress_.begin("customers with subscriptions and bills", all);
    for (std::int64_t first = 1; first <= all; first += kCustomersAtOnce) {
      const std::int64_t last = std::min(all, first + kCustomersAtOnce - 1);
      company_.enter_customers(first, last);
      if (auto written = write(last - first + 1, last == all); !written) return written;
    }
    return {};
  }

  Result<void> pass_days() {
    const Period history = company_.plan().history;
    const std::int64_t hours = (history.length() + kHour - 1) / kHour;
    progress_.begin("hours of orders, jobs, production and messages", hours);
    for (std::int64_t at = history.begins; at < history.ends; at += kHour) {
      company_.pass({at, std::min(history.ends, at + kHour)});
      if (auto written = write(1, at + kHour >= history.ends); !written) return written;
    }
    return {};
  }

  /// When there is enough for the database to be quick about it.
  Result<void> write(std::int64_t done, bool is_last) {
    if (stop_.stop_requested())
      return fail(ErrorKind::Unavailable,
                  "stopped before the company was complete: the next start makes it anew");
    waiting_ += done;
    const std::size_t rows = company_.ledger().rows();
    if (rows < kRowsAtOnce && !is_last) return {};
    if (auto written = write_down(company_.ledger(), database_.database()); !written) return written;
    progress_.add(std::exchange(waiting_, 0), rows);
    return {};
  }

  DemoDatabase& database_;
  Company& company_;
  Progress& progress_;
  const std::stop_token& stop_;
  std::int64_t waiting_ = 0;
};

Result<void> fill_anew(const DemoOptions& options, bool is_there, const Clock& clock, const Say& say,
                       const std::stop_token& stop) {
  auto database = DemoDatabase::open(options.dsn);
  if (!database) return fail(database);
  if (is_there) {
    say("the company that is there is made anew");
    if (auto cleared = database->clear(); !cleared) return cleared;
  }
  const DemoPlan plan = plan_of(options);
  const auto made = database->make_tables({plan.seed, plan.organisations, plan.customers, options.days, 0});
  if (!made) return fail(made);
  Progress progress(clock, say);
  Company company(plan);
  if (auto filled = Fill(*database, company, progress, stop).run(); !filled) return filled;
  say("indexes and the packs' views");
  if (auto indexed = database->make_indexes_and_views(); !indexed) return indexed;
  progress.end();
  const Period& bad = company.rhythm().bad_week();
  say(fmt::format("from {} to {}; the bad week begins at {}",
                  format_rfc3339(from_unix_seconds(static_cast<double>(plan.history.begins))),
                  format_rfc3339(from_unix_seconds(static_cast<double>(plan.history.ends))),
                  format_rfc3339(from_unix_seconds(static_cast<double>(bad.begins)))));
  return database->set_lived_until(plan.history.ends);
}

/// Calls `go_on` with each row that is still open.
Result<void> each_row(sql::Database& database, std::string_view sql,
                      const std::function<void(const sql::Row&)>& go_on) {
  const auto rows = database.query(sql);
  if (!rows) return fail(rows);
  for (std::size_t i = 0; i < rows->size(); ++i) go_on((*rows)[i]);
  return {};
}

struct OpenThing {
  std::string_view sql;
  void (*go_on)(Stage& stage, const sql::Row& row);
};
constexpr std::array kOpenThings{
    OpenThing{"SELECT id, customer_id, amount_minor FROM demo_orders "
              "WHERE completed_at IS NULL AND cancelled_at IS NULL",
              [](Stage& stage, const sql::Row& row) {
                const Customer customer = stage.customers.customer(row.integer(1));
                finish_order(stage, {row.integer(0),
                                     {customer.id, customer.market->currency, "parts", row.integer(2), 0}});
              }},
    OpenThing{"SELECT id FROM demo_payments WHERE status = 'pending'",
              [](Stage& stage, const sql::Row& row) { finish_payment(stage, row.integer(0)); }},
    OpenThing{"SELECT id FROM demo_invoices WHERE paid_at IS NULL",
              [](Stage& stage, const sql::Row& row) { finish_invoice(stage, row.integer(0)); }},
    OpenThing{"SELECT id, customer_id FROM demo_jobs WHERE closed_at IS NULL",
              [](Stage& stage, const sql::Row& row) {
                finish_job(stage, row.integer(0), stage.customers.customer(row.integer(1)));
              }},
    OpenThing{"SELECT id FROM demo_email_logs WHERE delivered_at IS NULL AND bounced_at IS NULL",
              [](Stage& stage, const sql::Row& row) { send_waiting_email(stage, row.integer(0)); }},
    OpenThing{"SELECT id, endpoint FROM demo_webhooks WHERE state = 'pending'",
              [](Stage& stage, const sql::Row& row) {
                send_waiting_webhook(stage, row.integer(0), endpoint_named(row.text(1)));
              }},
    OpenThing{"SELECT id, trial_ends_at FROM demo_subscriptions WHERE status = 'trial'",
              [](Stage& stage, const sql::Row& row) { end_trial(stage, row.integer(0), row.integer(1)); }},
};

}  // namespace

DemoPlan plan_of(const DemoOptions& options) {
  return {options.seed, options.organisations, options.customers,
          history_of(options.days, whole_seconds(options.until))};
}

Result<void> fill_demo(const DemoOptions& options, const Clock& clock, const Say& say,
                       const std::stop_token& stop) {
  const auto mark = look_at(options.dsn);
  if (!mark) return fail(mark);
  const bool is_complete = *mark && (*mark)->lived_until > 0;
  if (options.live && is_complete) {
    say(fmt::format("the company of seed {} that is there lives on", (*mark)->seed));
    return {};
  }
  return fill_anew(options, mark->has_value(), clock, say, stop);
}

Result<std::unique_ptr<DemoLife>> DemoLife::begin(const sql::Dsn& dsn) {
  const auto mark = look_at(dsn);
  if (!mark) return fail(mark);
  if (!*mark) return fail(ErrorKind::NotFound, "there is no company that could live on");
  auto database = DemoDatabase::open(dsn);
  if (!database) return fail(database);
  // The last one of the history came within its last minutes.
  const auto newest = database->database().query(
      "SELECT max(signed_up_at) FROM demo_customers WHERE id <= $1", {(*mark)->customers});
  if (!newest) return fail(newest);
  const Period history = history_of((*mark)->days, (*newest)[0].integer(0) + 1);
  const DemoPlan plan{(*mark)->seed, (*mark)->organisations, (*mark)->customers, history};
  std::unique_ptr<DemoLife> life(new DemoLife(std::move(*database), plan));
  if (auto awake = life->wake((*mark)->lived_until); !awake) return fail(awake);
  return life;
}

Result<void> DemoLife::wake(std::int64_t at) {
  if (auto read = database_.read_numbers(company_.ledger()); !read) return read;
  company_.come_alive(at, company_.ledger().last(DemoTable::Customers));
  return go_on_with_open_things();
}

Result<void> DemoLife::go_on_with_open_things() {
  for (const OpenThing& thing : kOpenThings) {
    const auto done = each_row(database_.database(), thing.sql,
                               [&](const sql::Row& row) { thing.go_on(company_.stage(), row); });
    if (!done) return fail(done);
  }
  return {};
}

Result<void> DemoLife::live_until(std::int64_t now) {
  while (company_.lived_until() < now) {
    company_.live_until(std::min(now, company_.lived_until() + kHour));
    if (auto written = write_down(company_.ledger(), database_.database()); !written) return written;
    if (auto set = database_.set_lived_until(company_.lived_until()); !set) return set;
  }
  return {};
}

Result<void> live_on(const sql::Dsn& dsn, const Say& say, const std::stop_token& stop) {
  auto life = DemoLife::begin(dsn);
  if (!life) return fail(life);
  say("the company lives; SIGTERM or Ctrl-C ends it");
  std::promise<Result<void>> end;
  std::atomic_flag has_ended;
  const auto end_with = [&](Result<void> how) {
    if (!has_ended.test_and_set()) end.set_value(std::move(how));
  };
  const std::stop_callback stopped(stop, [&] { end_with({}); });
  TimerThread scheduler;  // goes first, and waits for a beat under way
  scheduler.every({.interval = kBeat}, [&] {
    auto lived = (*life)->live_until(whole_seconds(scheduler.clock().wall()));
    if (!lived) end_with(std::move(lived));
  });
  return end.get_future().get();
}

}  // namespace picket::business
