// A metric family of the history: its series, and how they went.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/demo/history/past.h"

namespace picket::demo {

/// The value at a time; called with rising times, once each. NaN: there is no sample.
using Course = std::function<double(std::int64_t at)>;

struct Series {
  std::string labels;  ///< as in the text format, without braces
  Course course;
  std::string suffix{};  ///< of the family's name: "_bucket", "_sum", "_count" of a histogram
};

enum class Shape { Gauge, Counter, Histogram };

struct Family {
  std::string name;  ///< a counter's ends in _total, or is one of a foreign exporter that does not
  Shape shape = Shape::Gauge;
  std::vector<Series> series{};
};

/// What adds up to a counter: so much a second at a time. Whole numbers that never fall.
Course counted(std::function<double(std::int64_t at)> per_second);
Course steady(double value);

/// Of the log-normal times of add_histogram(): the deviation of their logarithm.
inline constexpr double kTimeSpread = 0.6;
/// The share of such times that is at most `bound`.
double share_within(double bound, double median);

/// The series of a histogram with such bounds, of a log-normal time around `median` seconds.
void add_histogram(Family& family, const std::string& labels, const std::vector<double>& bounds,
                   const std::function<double(std::int64_t at)>& per_second,
                   const std::function<double(std::int64_t at)>& median);

/// "1.0" for 1: as Prometheus stores the bounds of an OpenMetrics scrape.
std::string bound_text(double bound);

/// `job="x",instance="127.0.0.1:1"`, and more labels behind it.
std::string target(std::string_view job, int port, std::string_view more = "");

/// `name="value"`, with what must be escaped in values.
std::string label(std::string_view name, std::string_view value);

}  // namespace picket::demo
