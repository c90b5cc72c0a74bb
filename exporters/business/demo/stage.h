// What the parts of the demo company work with. In the history a thing's whole fate is known when it is written
// down; in the life after it things are open first, and the agenda says when they go on.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "exporters/business/demo/customer_base.h"
#include "exporters/business/demo/ledger.h"

namespace picket::business {

inline constexpr double kHours = kHour;  ///< of so many: 2.5 * kHours

struct Stage;
/// What happens to a thing later: it writes into the stage's ledger.
using Later = std::function<void(Stage&)>;
using Agenda = std::multimap<std::int64_t, Later>;

struct Stage {
  const DemoPlan& plan;
  const Rhythm& rhythm;
  CustomerBase& customers;
  Ledger& ledger;
  std::int64_t known_until = 0;  ///< what happens at or after this second has not happened yet
  Agenda* agenda = nullptr;      ///< none in the history

  bool has_happened(std::int64_t at) const { return at < known_until; }
  /// The time, or NULL when it has not come.
  sql::Value if_happened(std::int64_t at) const { return has_happened(at) ? sql::Value(at) : sql::Value(); }
  /// Does it at once when its time has come, else when it comes.
  void at(std::int64_t due, Later later) {
    if (has_happened(due)) {
      later(*this);
    } else if (agenda != nullptr) {
      agenda->emplace(due, std::move(later));
    }
  }
};

inline sql::Value text(std::string_view value) {
  return std::string(value);
}
inline std::int64_t whole(double value) {
  return static_cast<std::int64_t>(value);
}
/// So much money, said in euro cents, in the market's currency.
inline std::int64_t price_in(const Market& market, double cents) {
  return std::max<std::int64_t>(1, whole(cents * market.minor_units_per_cent));
}

/// Visits moments at which something happens `per_day` times a day on average, at most an hour's worth at a
/// time: more by day than by night, and more of them by the rhythm of all markets.
void happen(const Stage& stage, std::string_view what, Period slice, double per_day,
            const std::function<void(Dice&, std::int64_t at)>& visit);

}  // namespace picket::business
