#include "exporters/business/demo/customer_base.h"

#include <algorithm>
#include <string>

#include "base/time/timestamp.h"

namespace picket::business {
namespace {

constexpr double kLifeDays = 700;       // until a customer leaves, on average
constexpr double kBadWeekChurn = 0.03;  // of those who are there leave in the bad week
constexpr int kTriesMax = 8;

}  // namespace

CustomerBase::CustomerBase(const DemoPlan& plan, const Rhythm& rhythm)
    : plan_(plan), rhythm_(rhythm), first_hour_(plan.history.begins - kBefore), count_(plan.customers) {
  double sum = 0;
  for (std::int64_t at = first_hour_; at < plan.history.ends; at += kHour) {
    const double share_of_hour =
        static_cast<double>(std::min(kHour, plan.history.ends - at)) / static_cast<double>(kHour);
    sum += rhythm.world(at) * share_of_hour;
    come_by_.push_back(sum);
  }
  for (double& share : come_by_) share /= sum;
  signups_per_day_ =
      static_cast<double>(plan.customers) / sum * (static_cast<double>(kDay) / static_cast<double>(kHour));
}

const Market& CustomerBase::market_of(std::int64_t organisation) const {
  double left = Dice(plan_.seed, "market", organisation).uniform();
  for (const Market& market : markets()) {
    left -= market.share;
    if (left < 0) return market;
  }
  return markets().front();
}

std::int64_t CustomerBase::signed_up_at(std::int64_t id) const {
  if (id > plan_.customers) return plan_.history.ends;
  const double share = (static_cast<double>(id) - 0.5) / static_cast<double>(plan_.customers);
  const auto hour = std::ranges::lower_bound(come_by_, share);
  const auto index = std::min<std::ptrdiff_t>(hour - come_by_.begin(), std::ssize(come_by_) - 1);
  const std::int64_t begins = first_hour_ + index * kHour;
  const double before = index == 0 ? 0 : come_by_[static_cast<std::size_t>(index) - 1];
  const double within = (share - before) / (come_by_[static_cast<std::size_t>(index)] - before);
  const std::int64_t length = std::min(kHour, plan_.history.ends - begins);
  return begins + std::min(length - 1, static_cast<std::int64_t>(within * static_cast<double>(length)));
}

std::int64_t CustomerBase::count_at(std::int64_t at) const {
  if (at >= plan_.history.ends) return count_;
  if (at < first_hour_) return 0;
  // The one behind the last whose time has come.
  std::int64_t here = 0, missing = plan_.customers + 1;
  while (missing - here > 1) {
    const std::int64_t middle = here + (missing - here) / 2;
    (signed_up_at(middle) <= at ? here : missing) = middle;
  }
  return here;
}

std::optional<std::int64_t> CustomerBase::churn_of(Dice& dice, std::int64_t signed_up_at) const {
  const std::int64_t at = signed_up_at + kDay +
                          static_cast<std::int64_t>(dice.exponential(kLifeDays * static_cast<double>(kDay)));
  const Period& bad = rhythm_.bad_week();
  const bool is_there = signed_up_at < bad.begins && at >= bad.begins;
  if (is_there && dice.chance(kBadWeekChurn)) return dice.between(bad.begins, bad.ends - 1);
  return at;
}

Customer CustomerBase::customer(std::int64_t id) const {
  Dice dice(plan_.seed, "customer", id);
  Customer customer;
  customer.id = id;
  customer.organisation = dice.between(1, plan_.organisations);
  customer.market = &market_of(customer.organisation);
  customer.signed_up_at = signed_up_at(id);
  customer.churned_at = churn_of(dice, customer.signed_up_at);
  return customer;
}

Customer CustomerBase::pick(Dice& dice, std::int64_t at) const {
  const std::int64_t count = std::max<std::int64_t>(1, count_at(at));
  std::optional<Customer> here;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const Customer each = customer(dice.between(1, count));
    if (each.signed_up_at > at || (each.churned_at && *each.churned_at <= at)) continue;
    here = each;
    const double busy = Rhythm::local(at, each.market->offset_hours);
    if (dice.chance(busy / Rhythm::kBusiest)) break;
  }
  return here ? *here : customer(count);  // the newest has hardly left
}

Customer CustomerBase::sign_up(std::int64_t at) {
  Customer customer = this->customer(++count_);
  customer.signed_up_at = at;
  customer.churned_at.reset();
  return customer;
}

std::string month_of(std::int64_t at) {
  constexpr std::size_t kMonthLength = 7;
  return format_rfc3339(from_unix_seconds(static_cast<double>(at))).substr(0, kMonthLength);
}

}  // namespace picket::business
