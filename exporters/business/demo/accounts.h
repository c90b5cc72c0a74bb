// Who the demo company deals with: organisations, customers that come and go, their subscriptions and what
// these are billed.
#pragma once

#include "exporters/business/demo/stage.h"

namespace picket::business {

/// Organisations, plans, coupons, technicians, limits, API keys: what there is before the first customer.
void found_company(Stage& stage);

/// A customer with their subscription and its bills, from the history's begin until now.
void enter_customer(Stage& stage, const Customer& customer);

/// The life after the history: customers come, leave, and are billed.
void come_and_go(Stage& stage, Period slice);

/// A trial that runs: whether it is paid for afterwards is known when it ends.
void end_trial(Stage& stage, std::int64_t subscription, std::int64_t ends_at);

}  // namespace picket::business
