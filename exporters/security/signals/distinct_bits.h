// How many different things a client touched, in N bits: linear counting, for up to about 4 N of them. Exact
// but for collisions while they are few. Source: Whang et al., "A linear-time probabilistic counting
// algorithm" (1990).
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text/encoding.h"

namespace picket::security {

template <std::size_t N>
class DistinctBits {
 public:
  static_assert(N % 64 == 0);

  void add(std::uint64_t hash) {
    const std::size_t bit = hash % N;
    const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
    if ((words_[bit / 64] & mask) != 0) return;
    words_[bit / 64] |= mask;
    ++set_;
  }
  void clear() { *this = {}; }

  std::uint32_t estimate() const {
    const std::size_t free = set_ >= N ? 1 : N - set_;
    constexpr double kBits = static_cast<double>(N);
    return static_cast<std::uint32_t>(std::lround(kBits * std::log(kBits / static_cast<double>(free))));
  }

  /// Base64 of little-endian words; "" of none.
  std::string encode() const {
    std::string bytes;
    for (std::size_t i = 0; set_ > 0 && i < N / 8; ++i)
      bytes += static_cast<char>(words_[i / 8] >> (i % 8 * 8));
    return base64_encode(bytes);
  }
  /// False, and unchanged, on anything that encode() does not write.
  bool decode(std::string_view text) {
    const auto bytes = base64_decode(text.substr(0, N));
    if (text.size() > N || !bytes || (bytes->size() != N / 8 && !bytes->empty())) return false;
    DistinctBits read;
    for (std::size_t i = 0; i < bytes->size(); ++i)
      read.words_[i / 8] |= std::uint64_t{static_cast<unsigned char>((*bytes)[i])} << (i % 8 * 8);
    for (const std::uint64_t word : read.words_) read.set_ += static_cast<std::uint32_t>(std::popcount(word));
    *this = read;
    return true;
  }
  bool operator==(const DistinctBits&) const = default;

 private:
  std::array<std::uint64_t, N / 64> words_{};
  std::uint32_t set_ = 0;
};

}  // namespace picket::security
