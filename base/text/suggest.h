// "did you mean": the nearest of the known words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace picket {

/// The candidate with the smallest edit distance (Damerau-Levenshtein), when that is at most a third of the
/// word's length (at least 1).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// ` (did you mean "x"?)`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace picket
