// Sizes in bytes: "512", "64KiB", "1MiB", "10MB". Binary units are powers of 1024, decimal ones of 1000.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

struct Bytes {
  std::uint64_t count = 0;
  constexpr auto operator<=>(const Bytes&) const = default;
};

constexpr Bytes operator""_KiB(unsigned long long n) {
  return {n * 1024};
}
constexpr Bytes operator""_MiB(unsigned long long n) {
  return {n * 1024 * 1024};
}

Result<Bytes> parse_bytes(std::string_view text);
std::string format_bytes(Bytes bytes);

}  // namespace picket
