// What a run of a query became: the series of its metrics. Immutable once published.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time/clock.h"

namespace picket::business {

struct Sample {
  std::vector<std::string> labels;  ///< in the order of MetricConfig::label_names()
  double value = 0;
  bool operator==(const Sample&) const = default;
};

struct HistogramSample {
  std::vector<std::string> labels;
  std::vector<std::uint64_t> counts;  ///< a bucket, not cumulative; the last is above the highest bound
  double sum = 0;
  bool operator==(const HistogramSample&) const = default;
};

/// Series of one metric; `histograms` of a histogram, `samples` of everything else.
struct Series {
  std::vector<Sample> samples{};
  std::vector<HistogramSample> histograms{};
};

struct QueryResult {
  std::vector<Series> metrics;          ///< as the query's
  std::size_t rows = 0;                 ///< that the database gave
  std::optional<WallTime> watermark{};  ///< time of the newest data
};

/// Why a row or a value became no sample.
enum class DropReason {
  NullValue,
  NullLabel,
  NotANumber,
  Overflow,     ///< beyond what a double or a count holds
  Negative,     ///< a counter or a count below zero
  InvalidUtf8,  ///< in a label
  Duplicate,    ///< two rows for the same labels: both go
  Decrease,     ///< a counter that fell by less than half: the value before stays
};
constexpr std::size_t kDropReasons = 8;
std::string_view to_string(DropReason reason);

using Drops = std::array<std::uint64_t, kDropReasons>;
inline std::uint64_t& of(Drops& drops, DropReason reason) {
  return drops[static_cast<std::size_t>(reason)];
}

}  // namespace picket::business
