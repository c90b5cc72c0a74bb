#include "exporters/business/demo/working.h"

#include <array>

#include "exporters/business/demo/selling.h"

namespace picket::business {
namespace {

constexpr double kJobsPerDay = 0.004;  // of a customer
constexpr double kNpsPerDay = 0.0006;
constexpr std::array<std::string_view, 4> kTeams{"north", "south", "east", "west"};

struct JobFate {
  std::string_view reason;  ///< "" when it succeeds
  std::int64_t visits = 1;
  std::int64_t work_seconds = 0;
  std::int64_t created_at = 0, responded_at = 0, closed_at = 0;
};

JobFate job_fate(const Stage& stage, Dice& dice, std::int64_t at) {
  static constexpr std::array<std::string_view, 4> kReasons{"no_access", "parts", "unsafe", "customer"};
  static constexpr std::array<double, 4> kWeights{0.4, 0.35, 0.05, 0.2};
  const double trouble = stage.rhythm.trouble(at);
  JobFate fate;
  fate.created_at = at;
  const std::array<double, 3> visits{0.8, 0.15 * trouble, 0.05 * trouble};
  fate.visits = 1 + static_cast<std::int64_t>(dice.weighted(visits));
  if (dice.chance(0.03 * trouble)) fate.reason = kReasons[dice.weighted(kWeights)];
  fate.work_seconds = 300 + whole(dice.log_normal(4000, 0.5) * static_cast<double>(fate.visits));
  fate.responded_at = at + 600 + whole(dice.log_normal(7 * kHours, 0.7) * (1 + trouble) / 2);
  fate.closed_at =
      fate.responded_at + fate.work_seconds + whole(dice.log_normal(30 * kHours, 0.4)) * (fate.visits - 1);
  return fate;
}

std::string_view status_of(const Stage& stage, const JobFate& fate) {
  if (stage.has_happened(fate.closed_at)) return fate.reason.empty() ? "completed" : "failed";
  if (stage.has_happened(fate.responded_at)) return "on_site";
  const std::int64_t scheduled_at = fate.created_at + (fate.responded_at - fate.created_at) / 4;
  return stage.has_happened(scheduled_at) ? "scheduled" : "new";
}

/// 1 to 5; lower in the bad week.
void answer_csat(Stage& stage, std::int64_t customer, std::int64_t at) {
  const std::int64_t id = stage.ledger.next(DemoTable::Csat);
  Dice dice(stage.plan.seed, "csat", id);
  const double trouble = stage.rhythm.trouble(at);
  const std::array<double, 5> weights{0.03 * trouble, 0.05 * trouble, 0.12, 0.35, 0.45};
  stage.ledger.add(DemoTable::Csat,
                   {id, customer, 1 + static_cast<std::int64_t>(dice.weighted(weights)), at});
}

/// What a job that was closed brings.
void follow(Stage& stage, std::int64_t id, const Customer& customer, const JobFate& fate) {
  Dice dice(stage.plan.seed, "closed job", id);
  if (fate.reason.empty() && dice.chance(0.5))
    earn(stage, {customer.id, customer.market->currency, "service",
                 price_in(*customer.market, dice.log_normal(12'000, 0.5)), fate.closed_at});
  if (!dice.chance(0.25)) return;
  const std::int64_t answers_at = fate.closed_at + 300 + whole(dice.exponential(20 * kHours));
  stage.at(answers_at, [=](Stage& then) { answer_csat(then, customer.id, answers_at); });
}

void close_later(Stage& stage, std::int64_t id, const Customer& customer, const JobFate& fate) {
  if (!stage.has_happened(fate.responded_at)) {
    stage.at(fate.responded_at, [=](Stage& then) {
      then.ledger.change(
          "UPDATE demo_jobs SET status = 'on_site', visits = 1, responded_at = $2 "
          "WHERE id = $1 AND responded_at IS NULL",
          {id, fate.responded_at});
    });
  }
  stage.at(fate.closed_at, [=](Stage& then) {
    then.ledger.change(
        "UPDATE demo_jobs SET status = $2, reason = $3, visits = $4, work_seconds = $5, closed_at = $6 "
        "WHERE id = $1",
        {id, text(fate.reason.empty() ? "completed" : "failed"), text(fate.reason), fate.visits,
         fate.work_seconds, fate.closed_at});
    follow(then, id, customer, fate);
  });
}

void job(Stage& stage, Dice& dice, std::int64_t at) {
  static constexpr std::array<std::string_view, 4> kKinds{"installation", "repair", "maintenance",
                                                          "inspection"};
  const std::array<double, 4> weights{0.25, 0.35 * stage.rhythm.trouble(at), 0.25, 0.15};
  const Customer customer = stage.customers.pick(dice, at);
  const std::string_view kind = kKinds[dice.weighted(weights)];
  const JobFate fate = job_fate(stage, dice, at);
  const std::int64_t id = stage.ledger.next(DemoTable::Jobs);
  const bool is_closed = stage.has_happened(fate.closed_at);
  const bool is_begun = stage.has_happened(fate.responded_at);
  stage.ledger.add(
      DemoTable::Jobs,
      {id, customer.id, text(kind), text(status_of(stage, fate)), text(is_closed ? fate.reason : ""),
       is_closed ? fate.visits : std::int64_t{is_begun}, is_closed ? fate.work_seconds : std::int64_t{0}, at,
       stage.if_happened(fate.responded_at), stage.if_happened(fate.closed_at)});
  if (is_closed) {
    follow(stage, id, customer, fate);
  } else {
    close_later(stage, id, customer, fate);
  }
}

/// 0 to 10: half of them promoters, and few in the bad week.
void answer_nps(Stage& stage, Dice& dice, std::int64_t at) {
  const Customer customer = stage.customers.pick(dice, at);
  const double trouble = stage.rhythm.trouble(at);
  const std::array<double, 11> weights{0.01 * trouble,
                                       0.01 * trouble,
                                       0.01 * trouble,
                                       0.02 * trouble,
                                       0.02 * trouble,
                                       0.05 * trouble,
                                       0.06 * trouble,
                                       0.12,
                                       0.18,
                                       0.24,
                                       0.28};
  stage.ledger.add(DemoTable::Nps, {stage.ledger.next(DemoTable::Nps), customer.id,
                                    static_cast<std::int64_t>(dice.weighted(weights)), at});
}

/// The shifts that end at that moment, which is a whole hour.
void end_shifts(Stage& stage, std::int64_t ends_at) {
  constexpr std::int64_t kShift = 8 * kHour;
  const std::int64_t begins_at = ends_at - kShift;
  const std::int64_t weekday = (begins_at / kDay) % 7;  // 0 is a Thursday
  if (weekday == 2 || weekday == 3) return;
  Dice dice(stage.plan.seed, "shifts", ends_at);
  for (std::int64_t technician = 1; technician <= technicians(stage.plan); ++technician) {
    const std::int64_t first_hour = 6 + technician % 3 * 2;
    if (begins_at % kDay != first_hour * kHour || dice.chance(0.06)) continue;  // who is ill has none
    const double busy =
        std::min(1.0, std::max(0.2, dice.normal(0.72, 0.1) / (1 + 0.05 * stage.rhythm.trouble(begins_at))));
    stage.ledger.add(DemoTable::Shifts,
                     {stage.ledger.next(DemoTable::Shifts), technician, text(team_of(technician)), begins_at,
                      kShift, whole(busy * static_cast<double>(kShift))});
  }
}

}  // namespace

std::int64_t technicians(const DemoPlan& plan) {
  return std::max<std::int64_t>(8, plan.customers / 500);
}

std::string_view team_of(std::int64_t technician) {
  return kTeams[static_cast<std::size_t>(technician) % kTeams.size()];
}

std::string_view state_of(Dice& dice, std::int64_t at) {
  static constexpr std::array<std::string_view, 4> kStates{"available", "on_job", "travelling", "off"};
  const double busy = Rhythm::local(at, markets().front().offset_hours);
  const std::array<double, 4> weights{0.15 * busy, 0.5 * busy, 0.2 * busy, 0.5};
  return kStates[dice.weighted(weights)];
}

void work(Stage& stage, Period slice) {
  const double customers = static_cast<double>(stage.customers.count_at(slice.begins));
  happen(stage, "jobs", slice, customers * kJobsPerDay,
         [&](Dice& dice, std::int64_t at) { job(stage, dice, at); });
  happen(stage, "nps", slice, customers * kNpsPerDay,
         [&](Dice& dice, std::int64_t at) { answer_nps(stage, dice, at); });
  const std::int64_t hour = (slice.begins + kHour - 1) / kHour * kHour;
  if (slice.contains(hour)) end_shifts(stage, hour);
}

void move_technicians(Stage& stage, Period slice) {
  constexpr double kMovesPerDay = 12;  // of a technician
  constexpr std::int64_t kMovesMax = 50;
  const std::int64_t all = technicians(stage.plan);
  Dice dice(stage.plan.seed, "moves", slice.begins);
  const double days = static_cast<double>(slice.length()) / static_cast<double>(kDay);
  const std::int64_t moves =
      std::min(kMovesMax, dice.poisson(kMovesPerDay * static_cast<double>(all) * days));
  for (std::int64_t i = 0; i < moves; ++i)
    stage.ledger.change("UPDATE demo_technicians SET state = $2 WHERE id = $1",
                        {dice.between(1, all), text(state_of(dice, slice.begins))});
}

void finish_job(Stage& stage, std::int64_t id, const Customer& customer) {
  Dice dice(stage.plan.seed, "open job", id);
  close_later(stage, id, customer, job_fate(stage, dice, stage.known_until));
}

}  // namespace picket::business
