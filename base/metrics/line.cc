#include "base/metrics/line.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/metrics/label_text.h"
#include "base/text/numbers.h"

namespace picket {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = kOnes * 0x80U;

/// Nonzero when one of the eight bytes is not ASCII, is a control character (NUL, newline), a quote or a
/// backslash. The usual word-wide "has a byte less than n".
constexpr std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  const std::uint64_t below =
      ((word - kOnes * ' ') & ~word) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash);
  return (word | below) & kHighs;
}

template <class Word>
Word load(const char* from) {
  Word word{};
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <class Word>
void store(char* to, Word word) {
  std::memcpy(to, &word, sizeof word);
}

/// Copies up to seven bytes; nonzero as special_bytes().
std::uint64_t copy_short(char* to, std::string_view text) {
  if (text.size() >= 4) {
    // Two words of four bytes that overlap.
    const auto first = load<std::uint32_t>(text.data());
    const auto last = load<std::uint32_t>(text.data() + text.size() - 4);
    store(to, first);
    store(to + text.size() - 4, last);
    return special_bytes((static_cast<std::uint64_t>(last) << 32U) | first);
  }
  std::uint64_t word = kOnes * ' ';
  for (const char c : text) {
    *to++ = c;
    word = (word << 8U) | static_cast<unsigned char>(c);
  }
  return special_bytes(word);
}

/// Copies the text; nonzero as special_bytes(): then what was copied is worth nothing.
std::uint64_t copy_plain(char* to, std::string_view text) {
  if (text.size() < 8) return copy_short(to, text);
  std::uint64_t special = 0;
  const std::size_t last = text.size() - 8;
  for (std::size_t i = 0; i < last; i += 8) {
    const auto word = load<std::uint64_t>(text.data() + i);
    store(to + i, word);
    special |= special_bytes(word);
  }
  const auto word = load<std::uint64_t>(text.data() + last);
  store(to + last, word);
  return special | special_bytes(word);
}

/// A number of nanoseconds below 1e6 s, as most measured times are. It has at most 15 digits, and of those no
/// two decimals are the same double, so the one found is the shortest that reads back.
char* write_nanoseconds(char* at, double value) {
  constexpr double kScale = 1e9;
  if (!(value >= 1e-4 && value < 1e6)) return nullptr;
  // A product that rounds to the wrong neighbour fails the check below: std::lround would only cost more.
  const auto nanos =
      static_cast<std::uint64_t>(value * kScale + 0.5);  // NOLINT(bugprone-incorrect-roundings): as said
  if (static_cast<double>(nanos) / kScale != value) return nullptr;
  const std::uint64_t fraction = nanos % 1'000'000'000U;
  at = std::to_chars(at, at + 8, nanos / 1'000'000'000U).ptr;
  if (fraction == 0) return at;
  // A leading one keeps the zeros behind the point; the point then takes its place.
  char* const point = at;
  at = std::to_chars(at, at + 10, fraction + 1'000'000'000U).ptr;
  *point = '.';
  while (at[-1] == '0') --at;
  return at;
}

}  // namespace

PaddedText::PaddedText(std::string_view text) : size_(text.size()), blocks_(text) {
  blocks_.resize((size_ + kBlock - 1) / kBlock * kBlock, ' ');
}

void Line::begin(std::size_t max_size) {
  if (buffer_.size() < max_size + PaddedText::kBlock) buffer_.resize(2 * (max_size + PaddedText::kBlock));
  at_ = buffer_.data();
}

void Line::add(std::string_view text) {
  std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
}

bool Line::add_label_value(std::string_view value) {
  if (copy_plain(at_, value) == 0) {
    at_ += value.size();
    return true;
  }
  std::string escaped;
  const bool valid = append_label_value(escaped, value);
  add(escaped);
  return valid;
}

void Line::add_value(double value) {
  if (char* const end = write_nanoseconds(at_, value); end != nullptr) {
    at_ = end;
    return;
  }
  number_.clear();
  append_double(number_, value);
  add(number_);
}

void Line::add_count(std::uint64_t count) {
  at_ = std::to_chars(at_, at_ + kValueSize, count).ptr;
}

}  // namespace picket
