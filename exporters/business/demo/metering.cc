#include "exporters/business/demo/metering.h"

#include <array>

namespace picket::business {
namespace {

struct Route {
  std::string_view pattern;
  double per_day;  ///< requests of an organisation
};
constexpr std::array kRoutes{Route{"/v1/orders", 300},   Route{"/v1/orders/{id}", 500},
                             Route{"/v1/customers", 80}, Route{"/v1/invoices", 60},
                             Route{"/v1/jobs", 120},     Route{"/v1/search", 40}};

struct ApiPlan {
  std::string_view name;
  double share;        ///< of the organisations, and of the requests by weight
  std::int64_t quota;  ///< requests a month; 0: no limit
};
constexpr std::array kApiPlans{ApiPlan{"basic", 0.5, 50'000}, ApiPlan{"team", 0.28, 200'000},
                               ApiPlan{"business", 0.16, 1'000'000}, ApiPlan{"enterprise", 0.06, 0}};

const ApiPlan& api_plan_of(Dice& dice) {
  static constexpr std::array<double, 4> kWeights{kApiPlans[0].share, kApiPlans[1].share, kApiPlans[2].share,
                                                  kApiPlans[3].share};
  return kApiPlans[dice.weighted(kWeights)];
}

struct Counts {
  std::int64_t requests = 0, client_errors = 0, server_errors = 0, quota_exceeded = 0;
};

Counts counts_of(const Stage& stage, Dice& dice, const Route& route, const ApiPlan& plan, Period slice) {
  const double days = static_cast<double>(slice.length()) / static_cast<double>(kDay);
  const double share = static_cast<double>(stage.plan.organisations) * plan.share;
  Counts counts;
  counts.requests = dice.poisson(share * route.per_day * days * stage.rhythm.world(slice.begins));
  const double requests = static_cast<double>(counts.requests);
  if (plan.quota != 0) counts.quota_exceeded = dice.poisson(requests * 0.002);
  counts.client_errors = counts.quota_exceeded + dice.poisson(requests * 0.02);
  counts.server_errors = dice.poisson(requests * 0.0008 * stage.rhythm.trouble(slice.begins));
  counts.quota_exceeded = std::min(counts.quota_exceeded, counts.requests);
  counts.client_errors = std::min(counts.client_errors, counts.requests);
  counts.server_errors = std::min(counts.server_errors, counts.requests - counts.client_errors);
  return counts;
}

}  // namespace

void hand_out_keys(Stage& stage, std::int64_t organisation) {
  Dice dice(stage.plan.seed, "keys", organisation);
  const ApiPlan& plan = api_plan_of(dice);
  const std::int64_t keys = dice.between(1, 3);
  const std::int64_t now = stage.plan.history.ends;
  for (std::int64_t i = 0; i < keys; ++i) {
    const double used = std::min(1.02, dice.log_normal(0.25, 0.9));
    const double quota = plan.quota == 0 ? 2e6 : static_cast<double>(plan.quota);
    const bool was_used = dice.chance(0.93);
    stage.ledger.add(DemoTable::ApiKeys,
                     {stage.ledger.next(DemoTable::ApiKeys), organisation, text(plan.name),
                      plan.quota == 0 ? sql::Value() : sql::Value(plan.quota),
                      was_used ? whole(used * quota) : std::int64_t{0},
                      was_used ? sql::Value(now - 1 - whole(dice.exponential(3.0 * kDay))) : sql::Value()});
  }
}

void Meter::count(Stage& stage, Period slice) {
  const std::int64_t hour = slice.begins / kHour * kHour;
  const bool is_new = hour != hour_;
  hour_ = hour;
  if (is_new) first_row_ = 0;
  Dice dice(stage.plan.seed, "api", slice.begins);
  std::int64_t row = first_row_;
  for (const Route& route : kRoutes) {
    for (const ApiPlan& plan : kApiPlans) {
      const Counts counts = counts_of(stage, dice, route, plan, slice);
      if (!is_new) {
        stage.ledger.change(
            "UPDATE demo_api_usage SET requests = requests + $2, client_errors = client_errors + $3, "
            "server_errors = server_errors + $4, quota_exceeded = quota_exceeded + $5 WHERE id = $1",
            {row++, counts.requests, counts.client_errors, counts.server_errors, counts.quota_exceeded});
        continue;
      }
      const std::int64_t id = stage.ledger.next(DemoTable::ApiUsage);
      if (first_row_ == 0) first_row_ = id;
      stage.ledger.add(DemoTable::ApiUsage,
                       {id, text(route.pattern), text(plan.name), counts.requests, counts.client_errors,
                        counts.server_errors, counts.quota_exceeded, hour});
    }
  }
}

void use_keys(Stage& stage, Period slice) {
  if (month_of(slice.begins) != month_of(slice.ends))
    stage.ledger.change("UPDATE demo_api_keys SET used_requests = 0", {});
  const double per_day = 200.0 * static_cast<double>(stage.plan.organisations);
  const double most = 20;  // at a time
  const double days = static_cast<double>(slice.length()) / static_cast<double>(kDay);
  Dice dice(stage.plan.seed, "key use", slice.begins);
  const std::int64_t uses = dice.poisson(std::min(most, per_day * days * stage.rhythm.world(slice.begins)));
  for (std::int64_t i = 0; i < uses; ++i) {
    stage.ledger.change(
        "UPDATE demo_api_keys SET used_requests = used_requests + $2, last_used_at = $3 WHERE id = $1 "
        "AND (last_used_at IS NULL OR last_used_at <= $4)",
        {dice.between(1, 2 * stage.plan.organisations), dice.between(1, 50), slice.ends - 1, slice.ends - 1});
  }
}

}  // namespace picket::business
