// Chance that repeats: what falls depends on the seed, a stream's name and a number alone, so that an order of
// the demo company is the same whenever and in whatever order it is asked for. No secret ever comes from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace picket::business {

class Dice {
 public:
  Dice(std::uint64_t seed, std::string_view stream, std::int64_t number);

  double uniform();                                             ///< 0 <= x < 1
  std::int64_t between(std::int64_t first, std::int64_t last);  ///< both included
  bool chance(double probability) { return uniform() < probability; }
  double exponential(double mean);
  double normal(double mean, double deviation);
  double log_normal(double median, double sigma);  ///< a long tail to the right: amounts, durations
  std::int64_t poisson(double mean);
  /// An index, each as likely as its weight says.
  std::size_t weighted(std::span<const double> weights);

 private:
  std::uint64_t next();

  std::uint64_t state_;
};

}  // namespace picket::business
