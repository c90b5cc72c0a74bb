#include "exporters/business/demo/accounts.h"

#include <array>

#include <fmt/format.h>

#include "exporters/business/demo/making.h"
#include "exporters/business/demo/metering.h"
#include "exporters/business/demo/selling.h"
#include "exporters/business/demo/working.h"

namespace picket::business {
namespace {

constexpr double kSubscribe = 0.4;   // of the customers
constexpr double kTrialsPaid = 0.7;  // of the trials are paid for afterwards
constexpr double kChurnDays = 700;
constexpr std::int64_t kTrial = 14 * kDay;
constexpr std::int64_t kMonth = 30 * kDay;
constexpr std::int64_t kYear = 365 * kDay;

struct Plan {
  std::string_view name;
  double cents;  ///< a month
  double share;
};
constexpr std::array kPlans{Plan{"basic", 900, 0.55}, Plan{"team", 2900, 0.28}, Plan{"business", 9900, 0.13},
                            Plan{"enterprise", 49'900, 0.04}};
constexpr std::int64_t kMonthsPaidOfYear = 10;

std::int64_t yearly(const Market& market, const Plan& plan) {
  return kMonthsPaidOfYear * price_in(market, plan.cents);
}

std::string_view churn_reason_of(Dice& dice, double trouble) {
  static constexpr std::array<std::string_view, 6> kWords{"price", "quality", "competitor",
                                                          "moved", "closed",  "unknown"};
  const std::array<double, 6> weights{0.3, 0.12 * trouble * trouble, 0.2, 0.12, 0.1, 0.16};
  return kWords[dice.weighted(weights)];
}

/// What is said of a subscription whose customer left.
std::string_view end_reason_for(std::string_view churn_reason) {
  return churn_reason == "moved" || churn_reason == "closed" ? "unknown" : churn_reason;
}

/// Whether a trial is paid for: known by its number, whenever it is asked.
bool is_paid_after_trial(const Stage& stage, std::int64_t subscription) {
  return Dice(stage.plan.seed, "trial", subscription).chance(kTrialsPaid);
}

struct Subscription {
  std::int64_t id = 0;
  const Plan* plan = nullptr;
  bool is_yearly = false;
  std::int64_t started_at = 0;
  std::optional<std::int64_t> trial_ends_at, paid_from, ended_at;  ///< also in the future
  std::string_view end_reason;

  std::int64_t price(const Market& market) const {
    return is_yearly ? yearly(market, *plan) : price_in(market, plan->cents);
  }
};

/// Their number is that of their customer. Nothing when the customer never has one.
std::optional<Subscription> subscription_of(const Stage& stage, const Customer& customer) {
  static constexpr std::array<double, 4> kWeights{kPlans[0].share, kPlans[1].share, kPlans[2].share,
                                                  kPlans[3].share};
  Dice dice(stage.plan.seed, "subscription", customer.id);
  if (!dice.chance(kSubscribe)) return std::nullopt;
  Subscription made;
  made.id = customer.id;
  made.plan = &kPlans[dice.weighted(kWeights)];
  made.is_yearly = dice.chance(0.25);
  made.started_at = customer.signed_up_at;
  if (dice.chance(0.6)) made.trial_ends_at = made.started_at + kTrial;
  if (!made.trial_ends_at || is_paid_after_trial(stage, made.id)) {
    made.paid_from = made.trial_ends_at.value_or(made.started_at);
  } else {
    made.ended_at = made.trial_ends_at;
    made.end_reason = "trial";
  }
  const std::int64_t unpaid_at = made.started_at + 2 * kMonth + whole(dice.exponential(4.0 * kYear));
  if (made.paid_from && dice.chance(0.3)) {
    made.ended_at = unpaid_at;
    made.end_reason = "unpaid";
  }
  return made;
}

void leave_with(Subscription& subscription, std::int64_t churned_at, std::string_view reason) {
  if (subscription.ended_at && *subscription.ended_at <= churned_at) return;
  subscription.ended_at = churned_at;
  subscription.end_reason = end_reason_for(reason);
  if (subscription.paid_from && *subscription.paid_from >= churned_at) subscription.paid_from.reset();
}

sql::Value happened(const Stage& stage, const std::optional<std::int64_t>& at) {
  return at ? stage.if_happened(*at) : sql::Value();
}
bool has_happened(const Stage& stage, const std::optional<std::int64_t>& at) {
  return at && stage.has_happened(*at);
}

std::string_view status_of(const Stage& stage, const Subscription& subscription, bool is_paused) {
  if (has_happened(stage, subscription.ended_at)) return "ended";
  if (!has_happened(stage, subscription.paid_from)) return "trial";
  return is_paused ? "paused" : "active";
}

void bill(Stage& stage, const Customer& customer, std::int64_t amount, std::int64_t at) {
  Dice dice(stage.plan.seed, "bill", customer.id ^ at);
  const Earned earned{customer.id, customer.market->currency, "subscription", amount, at};
  earn(stage, earned);
  invoice(stage, dice, earned);
  if (dice.chance(0.6)) pay(stage, dice, customer.id, at);
}

void bill_history(Stage& stage, const Customer& customer, const Subscription& subscription) {
  if (!subscription.paid_from) return;
  const std::int64_t step = subscription.is_yearly ? kYear : kMonth;
  const std::int64_t ends = std::min(subscription.ended_at.value_or(stage.known_until), stage.known_until);
  for (std::int64_t at = *subscription.paid_from; at < ends; at += step) {
    if (at >= stage.plan.history.begins) bill(stage, customer, subscription.price(*customer.market), at);
  }
}

void subscribe(Stage& stage, const Customer& customer, const Subscription& made, bool is_paused) {
  const Market& market = *customer.market;
  const std::int64_t price = made.price(market);
  const bool has_ended = has_happened(stage, made.ended_at);
  stage.ledger.add(
      DemoTable::Subscriptions,
      {made.id, customer.id, text(made.plan->name), text(market.currency),
       text(made.is_yearly ? "year" : "month"), made.is_yearly ? price / 12 : price,
       text(status_of(stage, made, is_paused)), made.started_at,
       made.trial_ends_at ? sql::Value(*made.trial_ends_at) : sql::Value(), happened(stage, made.paid_from),
       happened(stage, made.ended_at), text(has_ended ? made.end_reason : "")});
  bill_history(stage, customer, made);
  if (made.trial_ends_at && !stage.has_happened(*made.trial_ends_at) && !has_ended)
    end_trial(stage, made.id, *made.trial_ends_at);
}

std::string_view status_of_customer(const Stage& stage, Dice& dice, const std::optional<Subscription>& made) {
  if (made && !has_happened(stage, made->ended_at) && !has_happened(stage, made->paid_from)) return "trial";
  static constexpr std::array<std::string_view, 3> kWords{"active", "dormant", "paused"};
  static constexpr std::array<double, 3> kWeights{0.85, 0.12, 0.03};
  return kWords[dice.weighted(kWeights)];
}

void lose(Stage& stage, Dice& dice, std::int64_t customer, std::int64_t at) {
  const std::string_view reason = churn_reason_of(dice, stage.rhythm.trouble(at));
  stage.ledger.change(
      "UPDATE demo_customers SET status = 'churned', churned_at = $2, churn_month = $3, churn_reason = $4 "
      "WHERE id = $1 AND churned_at IS NULL AND signed_up_at < $5",
      {customer, at, month_of(at), text(reason), at});
  stage.ledger.change(
      "UPDATE demo_subscriptions SET status = 'ended', ended_at = $2, end_reason = $3 "
      "WHERE id = $1 AND ended_at IS NULL AND started_at < $4",
      {customer, at, text(end_reason_for(reason)), at});
}

void bill_somebody(Stage& stage, Dice& dice, std::int64_t at) {
  const Customer customer = stage.customers.pick(dice, at);
  const auto subscription = subscription_of(stage, customer);
  if (!subscription || !subscription->paid_from || *subscription->paid_from > at) return;
  if (subscription->ended_at && *subscription->ended_at <= at) return;
  // Who pays by the year comes up a twelfth as often.
  if (subscription->is_yearly && !dice.chance(1.0 / 12)) return;
  bill(stage, customer, subscription->price(*customer.market), at);
}

void add_prices(Ledger& ledger) {
  std::string_view before;
  for (const Market& market : markets()) {
    if (market.currency == before) continue;  // markets of one currency stand together
    before = market.currency;
    for (const Plan& plan : kPlans) {
      ledger.add(DemoTable::Plans,
                 {text(plan.name), text(market.currency), text("month"), price_in(market, plan.cents)});
      ledger.add(DemoTable::Plans,
                 {text(plan.name), text(market.currency), text("year"), yearly(market, plan)});
    }
  }
}

void add_coupons(Stage& stage) {
  const Period& history = stage.plan.history;
  stage.ledger.add(DemoTable::Coupons,
                   {text("welcome"), history.begins - CustomerBase::kBefore, sql::Value()});
  stage.ledger.add(DemoTable::Coupons, {text("winback"), history.begins, sql::Value()});
  stage.ledger.add(DemoTable::Coupons, {text("spring"), history.begins, history.ends + kYear});
}

std::string name_of(Dice& dice, std::int64_t organisation) {
  static constexpr std::array<std::string_view, 12> kFirst{"Alder", "Birch", "Cedar", "Dale", "Elm",  "Fern",
                                                           "Grove", "Hazel", "Iris",  "Jade", "Lark", "Moss"};
  static constexpr std::array<std::string_view, 8> kSecond{"Works",   "Foods", "Logistics", "Clinics",
                                                           "Schools", "Tools", "Energy",    "Media"};
  const auto first = static_cast<std::size_t>(dice.between(0, std::ssize(kFirst) - 1));
  const auto second = static_cast<std::size_t>(dice.between(0, std::ssize(kSecond) - 1));
  return fmt::format("{} {} {}", kFirst[first], kSecond[second], organisation);
}

}  // namespace

void found_company(Stage& stage) {
  const DemoPlan& plan = stage.plan;
  add_prices(stage.ledger);
  add_coupons(stage);
  set_limits(stage.ledger);
  for (std::int64_t i = 0; i < plan.organisations; ++i) {
    const std::int64_t id = stage.ledger.next(DemoTable::Organisations);
    const Market& market = stage.customers.market_of(id);
    Dice dice(plan.seed, "organisation", id);
    stage.ledger.add(DemoTable::Organisations,
                     {id, name_of(dice, id), text(market.country), text(market.zone), text(market.currency),
                      plan.history.begins - CustomerBase::kBefore - dice.between(0, kYear)});
    hand_out_keys(stage, id);
  }
  Dice dice(plan.seed, "technicians", 0);
  for (std::int64_t i = 0; i < technicians(plan); ++i) {
    const std::int64_t id = stage.ledger.next(DemoTable::Technicians);
    stage.ledger.add(DemoTable::Technicians,
                     {id, text(team_of(id)), text(state_of(dice, plan.history.ends))});
  }
}

void enter_customer(Stage& stage, const Customer& customer) {
  static constexpr std::array<std::string_view, 5> kChannels{"web", "partner", "phone", "referral", "event"};
  static constexpr std::array<double, 5> kWeights{0.5, 0.18, 0.12, 0.15, 0.05};
  Dice dice(stage.plan.seed, "entry", customer.id);
  const std::string_view channel = kChannels[dice.weighted(kWeights)];
  const bool has_left = has_happened(stage, customer.churned_at);
  const std::string_view reason =
      has_left ? churn_reason_of(dice, stage.rhythm.trouble(*customer.churned_at)) : "";
  std::optional<Subscription> made = subscription_of(stage, customer);
  if (made && has_left) leave_with(*made, *customer.churned_at, reason);
  const bool subscribes =
      made && stage.has_happened(made->started_at) && (!made->ended_at || *made->ended_at > made->started_at);
  if (!subscribes) made.reset();
  const std::string_view status = has_left ? "churned" : status_of_customer(stage, dice, made);
  stage.ledger.add(DemoTable::Customers,
                   {customer.id, customer.organisation, text(channel), text(status), customer.signed_up_at,
                    month_of(customer.signed_up_at), happened(stage, customer.churned_at),
                    has_left ? sql::Value(month_of(*customer.churned_at)) : sql::Value(), text(reason)});
  if (made) subscribe(stage, customer, *made, status == "paused");
}

void come_and_go(Stage& stage, Period slice) {
  happen(stage, "signups", slice, stage.customers.signups_per_day(),
         [&](Dice&, std::int64_t at) { enter_customer(stage, stage.customers.sign_up(at)); });
  const double count = static_cast<double>(stage.customers.count_at(slice.begins));
  happen(stage, "churn", slice, count / kChurnDays,
         [&](Dice& dice, std::int64_t at) { lose(stage, dice, stage.customers.pick(dice, at).id, at); });
  happen(stage, "bills", slice, count / 30,
         [&](Dice& dice, std::int64_t at) { bill_somebody(stage, dice, at); });
}

void end_trial(Stage& stage, std::int64_t subscription, std::int64_t ends_at) {
  stage.at(ends_at, [=](Stage& then) {
    if (is_paid_after_trial(then, subscription)) {
      then.ledger.change(
          "UPDATE demo_subscriptions SET status = 'active', paid_from = $2 WHERE id = $1 AND ended_at IS NULL",
          {subscription, ends_at});
    } else {
      then.ledger.change(
          "UPDATE demo_subscriptions SET status = 'ended', ended_at = $2, end_reason = 'trial' "
          "WHERE id = $1 AND ended_at IS NULL",
          {subscription, ends_at});
    }
    then.ledger.change("UPDATE demo_customers SET status = 'active' WHERE id = $1 AND status = 'trial'",
                       {subscription});
  });
}

}  // namespace picket::business
