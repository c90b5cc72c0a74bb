// Orders, payments, bookings, refunds and coupons of the demo company.
#pragma once

#include "exporters/business/demo/stage.h"

namespace picket::business {

/// What is earned from a customer: a booking, and now and then a refund.
struct Earned {
  std::int64_t customer = 0;
  std::string_view currency;  ///< of a market
  std::string_view line;      ///< a literal
  std::int64_t amount_minor = 0;
  std::int64_t at = 0;
};
void earn(Stage& stage, const Earned& earned);

/// An attempt to pay, at that time.
void pay(Stage& stage, Dice& dice, std::int64_t customer, std::int64_t at);

/// An invoice, paid in a while, late or never.
void invoice(Stage& stage, Dice& dice, const Earned& earned);

void sell(Stage& stage, Period slice);

/// An order that was open before: it ends in a while.
struct OpenOrder {
  std::int64_t id = 0;
  Earned earned;
};
void finish_order(Stage& stage, OpenOrder order);
void finish_payment(Stage& stage, std::int64_t id);
void finish_invoice(Stage& stage, std::int64_t id);

}  // namespace picket::business
