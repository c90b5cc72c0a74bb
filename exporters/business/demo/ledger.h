// What the demo company writes down, on its way into the database: rows by table, and changes to rows that are
// there. It gives the rows their numbers. Not thread-safe.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql/database.h"

namespace picket::business {

/// In the order of schema.sql. Rows are written in this order, so that none refers to one that is not there.
enum class DemoTable {
  Organisations,
  Plans,
  Coupons,
  SpecLimits,
  Technicians,
  ApiKeys,
  Customers,
  Subscriptions,
  Orders,
  Bookings,
  Refunds,
  Invoices,
  Payments,
  CouponRedemptions,
  Jobs,
  Csat,
  Nps,
  Shifts,
  Batches,
  Defects,
  Measurements,
  EmailLogs,
  Webhooks,
  WebhookLogs,
  ApiUsage,
};
inline constexpr std::size_t kDemoTables = 25;

/// Its name and columns.
const sql::TableColumns& columns_of(DemoTable table);

class Ledger {
 public:
  struct Change {
    std::string_view sql;  ///< a literal
    sql::Params params;
  };

  /// The number of the next row.
  std::int64_t next(DemoTable table) { return ++last_[static_cast<std::size_t>(table)]; }
  std::int64_t last(DemoTable table) const { return last_[static_cast<std::size_t>(table)]; }
  /// Numbers go on behind `last`.
  void go_on_from(DemoTable table, std::int64_t last) { last_[static_cast<std::size_t>(table)] = last; }

  void add(DemoTable table, sql::Params row);
  void change(std::string_view sql, sql::Params params) { changes_.push_back({sql, std::move(params)}); }

  std::size_t rows() const { return rows_; }
  std::span<const sql::Params> rows_of(DemoTable table) const {
    return pages_[static_cast<std::size_t>(table)];
  }
  std::span<const Change> changes() const { return changes_; }
  void clear();  ///< but not the numbers

 private:
  std::array<std::vector<sql::Params>, kDemoTables> pages_;
  std::array<std::int64_t, kDemoTables> last_{};
  std::vector<Change> changes_;
  std::size_t rows_ = 0;
};

/// Brings everything that is in the ledger into the database, and empties it.
Result<void> write_down(Ledger& ledger, sql::Database& database);

}  // namespace picket::business
