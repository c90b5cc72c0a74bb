// The columns of a message in the outbox, and how a row of them is read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alertd/outbox/delivery.h"
#include "base/sql/value.h"

namespace picket::alertd {

/// What read_delivery() reads, for a SELECT. `payload` is "payload", or "''" where nobody asks for the text.
std::string delivery_columns(std::string_view payload);
Delivery read_delivery(const sql::Row& row);
std::vector<Delivery> read_deliveries(const sql::Rows& rows);

}  // namespace picket::alertd
