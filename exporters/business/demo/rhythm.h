// When things happen in the demo company: by day more than by night, on workdays more than at the weekend, each
// year a little more, and one week in which everything goes wrong. Pure; immutable; times are Unix seconds.
#pragma once

#include <cstdint>

namespace picket::business {

inline constexpr std::int64_t kHour = 3600;
inline constexpr std::int64_t kDay = 24 * kHour;

struct Period {  ///< `ends` excluded
  std::int64_t begins = 0;
  std::int64_t ends = 0;

  bool contains(std::int64_t at) const { return at >= begins && at < ends; }
  std::int64_t length() const { return ends - begins; }
};

class Rhythm {
 public:
  /// `history` is what is told of the company.
  explicit Rhythm(Period history);

  /// How busy people are at their clock's hour and weekday: 1 on average over a week, at most kBusiest.
  static constexpr double kBusiest = 2.6;
  static double local(std::int64_t at, std::int64_t offset_hours);
  /// The same over all markets by their shares, times the growth: 1 at the end of the history on average.
  double world(std::int64_t at) const;
  /// 1, and several times that in the bad week: of defects, complaints, failures, refunds and churn.
  double trouble(std::int64_t at) const;
  /// A week in the second half of the history; of a history of less than four weeks, a quarter of it.
  const Period& bad_week() const { return bad_week_; }

 private:
  Period history_;
  Period bad_week_;
};

}  // namespace picket::business
