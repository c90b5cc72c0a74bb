#include "authd/passwords/guessability.h"

#include <algorithm>
#include <array>

namespace picket::authd {
namespace {

constexpr std::size_t kWordMin = 4;
constexpr std::size_t kWordMax = 24;
constexpr std::size_t kRunMin = 3;
constexpr std::size_t kWalkMin = 4;
constexpr std::size_t kYearLength = 4;

constexpr std::array<std::string_view, 8> kWalks{
    "qwertyuiop",           "asdfghjkl",           "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p"};

/// The shortest piece that the text repeats to its end, the last time perhaps in part.
std::string_view repeated_piece(std::string_view text) {
  for (std::size_t length = 1; length * 2 <= text.size(); ++length) {
    if (text.substr(length) == text.substr(0, text.size() - length)) return text.substr(0, length);
  }
  return text;
}

std::size_t run_length(std::string_view text, int step) {
  std::size_t length = 1;
  while (length < text.size() && text[length] - text[length - 1] == step) ++length;
  return length >= kRunMin ? length : 0;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

/// How far `text` goes along one row of keys, in either direction.
std::size_t walk_along(std::string_view text, std::string_view row) {
  const std::size_t at = row.find(text.front());
  if (at == std::string_view::npos) return 0;
  std::string back(row.substr(0, at + 1));
  std::ranges::reverse(back);
  return std::max(common_prefix(text, row.substr(at)), common_prefix(text, back));
}

std::size_t walk_length(std::string_view text) {
  std::size_t longest = 0;
  for (const std::string_view row : kWalks) longest = std::max(longest, walk_along(text, row));
  return longest >= kWalkMin ? longest : 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// 1900 to 2099.
std::size_t year_length(std::string_view text) {
  const bool century = text.starts_with("19") || text.starts_with("20");
  const bool year = century && text.size() >= kYearLength && is_digit(text[2]) && is_digit(text[3]);
  return year ? kYearLength : 0;
}

std::size_t word_length(std::string_view text, const FrequentPasswords& list) {
  for (std::size_t length = std::min(text.size(), kWordMax); length >= kWordMin; --length) {
    if (list.contains(text.substr(0, length))) return length;
  }
  return 0;
}

std::size_t part_length(std::string_view text, const FrequentPasswords& list) {
  return std::max({std::size_t{1}, run_length(text, 0), run_length(text, 1), run_length(text, -1),
                   walk_length(text), year_length(text), word_length(text, list)});
}

}  // namespace

std::size_t count_parts(std::string_view folded, const FrequentPasswords& list, std::size_t enough) {
  std::string_view rest = repeated_piece(folded);
  std::size_t parts = 0;
  while (!rest.empty() && parts <= enough) {
    rest.remove_prefix(part_length(rest, list));
    ++parts;
  }
  return parts;
}

}  // namespace picket::authd
