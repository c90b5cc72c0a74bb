// Randomness. Seam: SystemRandom in production, a seeded fake in tests.
#pragma once

#include <cstdint>
#include <string>

namespace picket {

class Random {
 public:
  virtual ~Random() = default;
  /// `count` unpredictable bytes. Aborts when the system has none: never weaker ones.
  virtual std::string bytes(std::size_t count) = 0;

  std::string hex(std::size_t bytes_count);
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
};

class SystemRandom final : public Random {  ///< safe from any thread
 public:
  std::string bytes(std::size_t count) override;
};

}  // namespace picket
