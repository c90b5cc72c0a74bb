#include "alertd/outbox/delivery_rows.h"

#include <fmt/format.h>

#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

constexpr std::string_view kColumns =
    "id, receiver, integration, target, group_key, status, summary, {}, state, attempts, created_at, "
    "next_try_at, finished_at, last_detail, integration_id, stored_group_key, supersedes, waiting_since";

DeliveryState parse_state(std::string_view text) {
  for (const DeliveryState state :
       {DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Expired, DeliveryState::Superseded}) {
    if (text == to_string(state)) return state;
  }
  return DeliveryState::Pending;
}

}  // namespace

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::Pending:
      return "pending";
    case DeliveryState::Delivered:
      return "delivered";
    case DeliveryState::Failed:
      return "failed";
    case DeliveryState::Expired:
      return "expired";
    case DeliveryState::Superseded:
      return "superseded";
  }
  return "pending";
}

std::string delivery_columns(std::string_view payload) {
  return fmt::format(kColumns, payload);
}

Delivery read_delivery(const sql::Row& row) {
  Delivery d;
  d.id = row.text(0);
  d.receiver = row.text(1);
  d.integration = row.text(2);
  d.target = row.text(3);
  d.group_key = row.text(4);
  d.status = row.text(5);
  d.summary = row.text(6);
  d.payload = row.text(7);
  d.state = parse_state(row.text(8));
  d.attempts = static_cast<int>(row.integer(9));
  d.created_at = from_unix_millis(row.integer(10));
  d.next_try_at = from_unix_millis(row.integer(11));
  d.finished_at = from_unix_millis(row.integer(12));
  d.last_detail = row.text(13);
  d.integration_id = row.text(14);
  d.stored_group_key = row.text(15);
  d.supersedes = row.text(16);
  d.waiting_since = from_unix_millis(row.integer(17));
  return d;
}

std::vector<Delivery> read_deliveries(const sql::Rows& rows) {
  std::vector<Delivery> deliveries;
  deliveries.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) deliveries.push_back(read_delivery(rows[i]));
  return deliveries;
}

}  // namespace picket::alertd
