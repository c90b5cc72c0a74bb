// The sigma level of a process, as Six Sigma counts it.
#pragma once

#include <optional>

namespace picket::business {

/// Of defects per million opportunities, with the 1.5 shift between short and long term: 3.4 gives 6.0,
/// 66,807 gives 3.0. Nothing where it has no value: at 0 and below, and at a million and above. Source: the
/// inverse of the standard normal distribution, P. J. Acklam's approximation with one step of Halley's
/// method.
std::optional<double> sigma_level(double dpmo);

}  // namespace picket::business
