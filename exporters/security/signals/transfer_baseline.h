// How many bytes clients usually move in an hour, for each hour of the day (UTC) and direction: the median of
// the clients' sums and its deviation (MAD), in powers of two, averaged over days with a weight that halves
// in about two of them.
#pragma once

#include <optional>
#include <vector>

#include "base/json/json.h"
#include "exporters/security/signals/client_key.h"
#include "exporters/security/signals/signal_names.h"

namespace picket::security {

class TransferBaseline {
 public:
  /// `sums` are of each client that moved anything in the hour; none: nothing is learned.
  void learn(std::int64_t hour, Direction direction, const std::vector<std::uint64_t>& sums);
  /// What is more than `deviations` above the median. Nothing while the hour was seen on fewer days than `days`.
  std::optional<double> limit(std::int64_t hour, Direction direction, double deviations,
                              std::uint32_t days) const;

  nlohmann::json to_json() const;
  /// False, and unchanged, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json);

 private:
  struct Usual {
    double median = 0, deviation = 0;  ///< of log2(bytes)
    std::uint32_t days = 0;
  };
  using Day = std::array<Usual, 24>;
  std::array<Day, kDirections.size()> usual_{};
};

}  // namespace picket::security
