// Where samples come from. Seam: Prometheus' HTTP API (datasource/), later an engine of our own.
#pragma once

#include <string>
#include <vector>

#include "alertd/series/labels.h"
#include "alertd/series/timestamp.h"
#include "base/result/result.h"

namespace picket::alertd {

struct Sample {
  Labels labels;
  double value = 0;
  Timestamp time{};
};

/// The answer of an instant query. A scalar is one sample without labels.
struct Vector {
  std::vector<Sample> samples = {};
  std::vector<std::string> warnings = {};
  std::size_t histograms_skipped = 0;  ///< native histograms: not understood, left out
  /// Why series may be missing from the answer; "" when it is whole.
  std::string partial = {};
};

struct Query {
  std::string expr = {};
  Duration timeout = {};  ///< zero: the engine's own
};

/// Blocks; safe from any thread. Errors: InvalidInput (the query is wrong), Timeout, Unavailable, Denied,
/// Corrupt (an answer that is no answer).
class QueryEngine {
 public:
  virtual ~QueryEngine() = default;
  virtual Result<Vector> instant(const Query& query, Timestamp time) = 0;
};

}  // namespace picket::alertd
