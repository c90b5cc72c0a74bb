#include "exporters/business/queries/sigma_level.h"

#include <array>
#include <cmath>
#include <numbers>

namespace picket::business {
namespace {

constexpr double kShift = 1.5;
constexpr double kMillion = 1e6;
// Below and above: the tails.
constexpr double kTail = 0.02425;

constexpr std::array kA = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                           1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
constexpr std::array kB = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                           6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
constexpr std::array kC = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                           -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
constexpr std::array kD = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                           3.754408661907416e+00, 1.0};

template <std::size_t N>
double polynomial(const std::array<double, N>& factors, double x) {
  double value = 0;
  for (const double factor : factors) value = value * x + factor;
  return value;
}

double first_guess(double p) {
  if (p > 1 - kTail) return -first_guess(1 - p);
  if (p < kTail) {
    const double q = std::sqrt(-2 * std::log(p));
    return polynomial(kC, q) / polynomial(kD, q);
  }
  const double q = p - 0.5;
  return polynomial(kA, q * q) * q / polynomial(kB, q * q);
}

double inverse_normal(double p) {
  const double x = first_guess(p);
  const double error = std::erfc(-x / std::numbers::sqrt2) / 2 - p;
  const double step = error * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
  return std::isfinite(step) ? x - step / (1 + x * step / 2) : x;  // so far out there is nothing to refine
}

}  // namespace

std::optional<double> sigma_level(double dpmo) {
  if (!(dpmo > 0 && dpmo < kMillion)) return std::nullopt;
  const double level = kShift - inverse_normal(dpmo / kMillion);
  if (!std::isfinite(level)) return std::nullopt;  // so few that their share is 0
  return level;
}

}  // namespace picket::business
