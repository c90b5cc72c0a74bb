// The customers of the demo company. What there is to know of one follows from the seed and their number, so
// none is kept. Pure but for the count of those who came after the history; times are Unix seconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporters/business/demo/dice.h"
#include "exporters/business/demo/markets.h"
#include "exporters/business/demo/rhythm.h"

namespace picket::business {

/// What the company is made of.
struct DemoPlan {
  std::uint64_t seed = 1;
  std::int64_t organisations = 0;
  std::int64_t customers = 0;  ///< at the end of the history, those lost included
  Period history;
};

struct Customer {
  std::int64_t id = 0;
  std::int64_t organisation = 0;
  const Market* market = nullptr;
  std::int64_t signed_up_at = 0;
  std::optional<std::int64_t> churned_at;  ///< also after the history
};

class CustomerBase {
 public:
  CustomerBase(const DemoPlan& plan, const Rhythm& rhythm);

  const Market& market_of(std::int64_t organisation) const;
  Customer customer(std::int64_t id) const;
  /// Somebody who is a customer at that time, rather one for whom it is not the middle of the night.
  Customer pick(Dice& dice, std::int64_t at) const;
  /// Customers who have signed up by then, the lost ones included.
  std::int64_t count_at(std::int64_t at) const;
  /// On average, at the end of the history.
  double signups_per_day() const { return signups_per_day_; }
  /// One more, now: in the life after the history.
  Customer sign_up(std::int64_t at);
  /// The number of the newest is `count`.
  void grow_to(std::int64_t count) { count_ = count; }

  /// The first ones came that long before the history begins, so that there are cohorts.
  static constexpr std::int64_t kBefore = 400 * kDay;

 private:
  std::int64_t signed_up_at(std::int64_t id) const;
  std::optional<std::int64_t> churn_of(Dice& dice, std::int64_t signed_up_at) const;

  const DemoPlan& plan_;
  const Rhythm& rhythm_;
  std::int64_t first_hour_;
  std::vector<double> come_by_;  ///< share of the customers that has come by the end of each hour
  double signups_per_day_ = 0;
  std::int64_t count_;
};

/// "2026-11", in UTC.
std::string month_of(std::int64_t at);

}  // namespace picket::business
