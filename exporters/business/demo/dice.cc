#include "exporters/business/demo/dice.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace picket::business {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EB;
  return value ^ (value >> 31U);
}

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

}  // namespace

Dice::Dice(std::uint64_t seed, std::string_view stream, std::int64_t number)
    : state_(mixed(mixed(seed + kGolden) ^ hash_of(stream)) +
             mixed(static_cast<std::uint64_t>(number) * kGolden)) {}

std::uint64_t Dice::next() {
  state_ += kGolden;
  return mixed(state_);
}

double Dice::uniform() {
  return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

std::int64_t Dice::between(std::int64_t first, std::int64_t last) {
  return first + static_cast<std::int64_t>(uniform() * static_cast<double>(last - first + 1));
}

double Dice::exponential(double mean) {
  return -mean * std::log1p(-uniform());
}

double Dice::normal(double mean, double deviation) {
  const double radius = std::sqrt(-2 * std::log1p(-uniform()));  // Box and Muller
  return mean + deviation * radius * std::cos(2 * std::numbers::pi * uniform());
}

double Dice::log_normal(double median, double sigma) {
  return median * std::exp(normal(0, sigma));
}

std::int64_t Dice::poisson(double mean) {
  constexpr double kLarge = 30;
  if (mean > kLarge) return std::max<std::int64_t>(0, std::llround(normal(mean, std::sqrt(mean))));
  std::int64_t count = 0;
  double waited = exponential(1);
  while (waited < mean) {
    ++count;
    waited += exponential(1);
  }
  return count;
}

std::size_t Dice::weighted(std::span<const double> weights) {
  double left = uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return weights.size() - 1;
}

}  // namespace picket::business
