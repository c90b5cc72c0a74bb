#include "base/crypto/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "base/result/result.h"
#include "base/text/encoding.h"

namespace picket {

std::string Random::hex(std::size_t bytes_count) {
  return hex_encode(bytes(bytes_count));
}

std::uint64_t Random::below(std::uint64_t bound) {
  check(bound > 0, "Random::below needs a positive bound");
  if (bound <= 1) return 0;
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t biased_from = kMax - kMax % bound;  // past the last whole run of [0, bound)
  for (;;) {
    const std::string drawn = bytes(sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, drawn.data(), sizeof number);
    if (number < biased_from) return number % bound;
  }
}

std::string SystemRandom::bytes(std::size_t count) {
  std::string out(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = getrandom(out.data() + filled, count - filled, 0);
    check(got >= 0 || errno == EINTR, "the system gives no random bytes");
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return out;
}

}  // namespace picket
