#include "exporters/business/demo/selling.h"

#include <array>

namespace picket::business {
namespace {

constexpr double kOrdersPerDay = 0.012;  // of a customer
constexpr double kMedianCents = 8000;

std::string_view one_of(Dice& dice, std::span<const std::string_view> words,
                        std::span<const double> weights) {
  return words[dice.weighted(weights)];
}

std::string_view channel_of(Dice& dice) {
  static constexpr std::array<std::string_view, 3> kWords{"web", "phone", "partner"};
  static constexpr std::array<double, 3> kWeights{0.7, 0.18, 0.12};
  return one_of(dice, kWords, kWeights);
}

std::string_view cancel_reason_of(Dice& dice) {
  static constexpr std::array<std::string_view, 4> kWords{"customer", "payment", "stock", "fraud"};
  static constexpr std::array<double, 4> kWeights{0.5, 0.25, 0.2, 0.05};
  return one_of(dice, kWords, kWeights);
}

struct OrderFate {
  bool is_cancelled = false;
  std::string_view reason;
  std::int64_t confirmed_at = 0, shipped_at = 0;
  std::int64_t ends_at = 0;
};

OrderFate order_fate(const Stage& stage, Dice& dice, std::int64_t at) {
  OrderFate fate;
  fate.is_cancelled = dice.chance(0.04 * (1 + stage.rhythm.trouble(at)) / 2);
  const std::int64_t takes =
      60 + whole(fate.is_cancelled ? dice.exponential(5 * kHours) : dice.log_normal(20 * kHours, 0.6));
  fate.ends_at = at + takes;
  fate.confirmed_at = at + takes / 8;
  fate.shipped_at = at + takes / 2;
  if (fate.is_cancelled) fate.reason = cancel_reason_of(dice);
  return fate;
}

std::string_view status_of(const Stage& stage, const OrderFate& fate) {
  if (stage.has_happened(fate.ends_at)) return fate.is_cancelled ? "cancelled" : "completed";
  if (fate.is_cancelled || !stage.has_happened(fate.confirmed_at)) return "new";
  return stage.has_happened(fate.shipped_at) ? "shipped" : "confirmed";
}

void move_on(Stage& stage, std::int64_t id, std::int64_t at, std::string_view status) {
  if (stage.has_happened(at)) return;  // its row says so
  stage.at(at, [id, status](Stage& then) {
    then.ledger.change("UPDATE demo_orders SET status = $2 WHERE id = $1", {id, text(status)});
  });
}

void end_order(Stage& stage, const OpenOrder& order, const OrderFate& fate) {
  if (fate.is_cancelled) {
    stage.ledger.change(
        "UPDATE demo_orders SET status = 'cancelled', reason = $2, cancelled_at = $3 WHERE id = $1",
        {order.id, text(fate.reason), fate.ends_at});
    return;
  }
  stage.ledger.change("UPDATE demo_orders SET status = 'completed', completed_at = $2 WHERE id = $1",
                      {order.id, fate.ends_at});
  earn(stage, order.earned);
}

void redeem(Stage& stage, Dice& dice, const Earned& earned) {
  static constexpr std::array<std::string_view, 3> kWords{"welcome", "spring", "winback"};
  static constexpr std::array<double, 3> kWeights{0.5, 0.3, 0.2};
  const std::string_view coupon = one_of(dice, kWords, kWeights);
  stage.ledger.add(DemoTable::CouponRedemptions,
                   {stage.ledger.next(DemoTable::CouponRedemptions), text(coupon), earned.customer,
                    text(earned.currency), earned.amount_minor / 10, earned.at});
}

void order(Stage& stage, Dice& dice, std::int64_t at) {
  const Customer customer = stage.customers.pick(dice, at);
  const std::int64_t id = stage.ledger.next(DemoTable::Orders);
  const std::string_view channel = channel_of(dice);
  const std::string_view line = dice.chance(0.55) ? "parts" : "service";
  Earned earned{customer.id, customer.market->currency, line,
                price_in(*customer.market, dice.log_normal(kMedianCents, 0.8)), at};
  if (dice.chance(0.05)) redeem(stage, dice, earned);
  pay(stage, dice, customer.id, at);
  if (channel == "partner") invoice(stage, dice, earned);
  const OrderFate fate = order_fate(stage, dice, at);
  const bool has_ended = stage.has_happened(fate.ends_at);
  stage.ledger.add(DemoTable::Orders,
                   {id, customer.id, text(channel), text(status_of(stage, fate)),
                    text(has_ended ? fate.reason : ""), text(earned.currency), earned.amount_minor, at,
                    fate.is_cancelled ? sql::Value() : stage.if_happened(fate.ends_at),
                    fate.is_cancelled ? stage.if_happened(fate.ends_at) : sql::Value()});
  earned.at = fate.ends_at;
  if (has_ended && !fate.is_cancelled) earn(stage, earned);
  if (has_ended) return;
  if (!fate.is_cancelled) {
    move_on(stage, id, fate.confirmed_at, "confirmed");
    move_on(stage, id, fate.shipped_at, "shipped");
  }
  stage.at(fate.ends_at, [=](Stage& then) { end_order(then, {id, earned}, fate); });
}

}  // namespace

void earn(Stage& stage, const Earned& earned) {
  const std::int64_t id = stage.ledger.next(DemoTable::Bookings);
  stage.ledger.add(DemoTable::Bookings, {id, earned.customer, text(earned.currency), text(earned.line),
                                         earned.amount_minor, earned.at});
  Dice dice(stage.plan.seed, "refund", id);
  if (!dice.chance(0.02 * stage.rhythm.trouble(earned.at))) return;
  const bool is_whole = dice.chance(0.6);
  const std::int64_t amount = is_whole ? earned.amount_minor : 1 + earned.amount_minor / dice.between(2, 5);
  const std::int64_t at = earned.at + 60 + whole(dice.exponential(4 * 24 * kHours));
  stage.at(at, [=](Stage& then) {
    then.ledger.add(DemoTable::Refunds, {then.ledger.next(DemoTable::Refunds), id, text(earned.currency),
                                         text(earned.line), std::min(amount, earned.amount_minor), at});
  });
}

void pay(Stage& stage, Dice& dice, std::int64_t customer, std::int64_t at) {
  static constexpr std::array<std::string_view, 4> kMethods{"card", "direct_debit", "wallet", "transfer"};
  static constexpr std::array<double, 4> kMethodWeights{0.55, 0.2, 0.15, 0.1};
  static constexpr std::array<std::string_view, 3> kEnds{"succeeded", "failed", "abandoned"};
  const std::string_view method = one_of(dice, kMethods, kMethodWeights);
  const std::array<double, 3> weights{0.94, 0.04 * stage.rhythm.trouble(at), 0.02};
  const std::string_view end = one_of(dice, kEnds, weights);
  const std::int64_t ends_at = at + 1 + whole(dice.exponential(40));
  const std::int64_t id = stage.ledger.next(DemoTable::Payments);
  const bool has_ended = stage.has_happened(ends_at);
  stage.ledger.add(DemoTable::Payments, {id, customer, text(method), text(has_ended ? end : "pending"), at});
  if (has_ended) return;
  stage.at(ends_at, [=](Stage& then) {
    then.ledger.change("UPDATE demo_payments SET status = $2 WHERE id = $1", {id, text(end)});
  });
}

void invoice(Stage& stage, Dice& dice, const Earned& earned) {
  constexpr std::int64_t kTerm = 14 * kDay;
  const std::int64_t id = stage.ledger.next(DemoTable::Invoices);
  const bool is_paid = !dice.chance(0.03);
  const std::int64_t paid_at = earned.at + kHour + whole(dice.log_normal(9 * 24 * kHours, 0.7));
  const bool has_paid = is_paid && stage.has_happened(paid_at);
  stage.ledger.add(DemoTable::Invoices,
                   {id, earned.customer, text(earned.currency), earned.amount_minor, earned.at,
                    earned.at + kTerm, has_paid ? sql::Value(paid_at) : sql::Value()});
  if (!is_paid || has_paid) return;
  stage.at(paid_at, [=](Stage& then) {
    then.ledger.change("UPDATE demo_invoices SET paid_at = $2 WHERE id = $1", {id, paid_at});
  });
}

void finish_order(Stage& stage, OpenOrder order) {
  Dice dice(stage.plan.seed, "open order", order.id);
  const OrderFate fate = order_fate(stage, dice, stage.known_until);
  order.earned.at = fate.ends_at;
  stage.at(fate.ends_at, [=](Stage& then) { end_order(then, order, fate); });
}

void finish_payment(Stage& stage, std::int64_t id) {
  stage.ledger.change("UPDATE demo_payments SET status = 'succeeded' WHERE id = $1", {id});
}

void finish_invoice(Stage& stage, std::int64_t id) {
  Dice dice(stage.plan.seed, "open invoice", id);
  if (dice.chance(0.1)) return;  // some are never paid
  const std::int64_t paid_at = stage.known_until + whole(dice.exponential(9 * 24 * kHours));
  stage.at(paid_at, [=](Stage& then) {
    then.ledger.change("UPDATE demo_invoices SET paid_at = $2 WHERE id = $1", {id, paid_at});
  });
}

void sell(Stage& stage, Period slice) {
  const double customers = static_cast<double>(stage.customers.count_at(slice.begins));
  happen(stage, "orders", slice, customers * kOrdersPerDay,
         [&](Dice& dice, std::int64_t at) { order(stage, dice, at); });
}

}  // namespace picket::business
