// The demo company's database: whether it may be used, its tables, and how far the company has lived. Nothing
// that business-demo did not make is ever changed. Not thread-safe.
#pragma once

#include <memory>
#include <optional>

#include "base/sql/database.h"
#include "exporters/business/demo/customer_base.h"
#include "exporters/business/demo/ledger.h"

namespace picket::business {

/// What stands in demo_company.
struct DemoMark {
  std::uint64_t seed = 0;
  std::int64_t organisations = 0, customers = 0, days = 0;
  std::int64_t lived_until = 0;  ///< 0: it was not filled to the end
};

/// Looks without writing. Nothing for an empty database (or a file that is not there yet). Denied when it
/// holds what business-demo did not make: the message names some of it.
Result<std::optional<DemoMark>> look_at(const sql::Dsn& dsn);

class DemoDatabase {
 public:
  static Result<DemoDatabase> open(const sql::Dsn& dsn);

  sql::Database& database() { return *database_; }
  /// Drops the tables and views of a company that was made before.
  Result<void> clear();
  Result<void> make_tables(const DemoMark& mark);
  /// After the load, which is faster without them; then the views of every pack.
  Result<void> make_indexes_and_views();
  Result<void> set_lived_until(std::int64_t until);
  /// Numbers go on behind those that are there.
  Result<void> read_numbers(Ledger& ledger);

 private:
  explicit DemoDatabase(std::unique_ptr<sql::Database> database) : database_(std::move(database)) {}

  std::unique_ptr<sql::Database> database_;
};

}  // namespace picket::business
