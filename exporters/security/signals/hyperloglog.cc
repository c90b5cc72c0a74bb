#include "exporters/security/signals/hyperloglog.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "base/text/encoding.h"

namespace picket::security {
namespace {

constexpr int kRankMax = 64 - HyperLogLog::kPrecision + 1;
constexpr std::size_t kPairSize = 3;  ///< of a register that is not zero: place in two bytes, rank in one
constexpr double kRegistersReal = static_cast<double>(HyperLogLog::kRegisters);

/// Ertl's sigma: what the registers that are zero say.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; z != before;) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

/// Ertl's tau: what the registers that are full say.
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; z != before;) {
    before = z;
    x = std::sqrt(x);
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

/// False where a place is repeated, out of order or beyond, or a rank is impossible.
bool read_pairs(std::string_view bytes, std::vector<std::uint8_t>& registers) {
  std::size_t next = 0;
  for (std::size_t at = 0; at < bytes.size(); at += kPairSize) {
    const std::size_t place = byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
    const unsigned rank = byte_at(bytes, at + 2);
    if (place < next || place >= registers.size() || rank == 0 || rank > kRankMax) return false;
    registers[place] = static_cast<std::uint8_t>(rank);
    next = place + 1;
  }
  return true;
}

bool read_all(std::string_view bytes, std::vector<std::uint8_t>& registers) {
  for (std::size_t i = 0; i < registers.size(); ++i) {
    if (byte_at(bytes, i) > kRankMax) return false;
    registers[i] = static_cast<std::uint8_t>(byte_at(bytes, i));
  }
  return true;
}

}  // namespace

void HyperLogLog::add(std::uint64_t hash) {
  if (registers_.empty()) registers_.resize(kRegisters);
  const std::size_t place = hash >> (64 - kPrecision);
  const std::uint64_t rest = hash << kPrecision;
  const int rank = std::min(std::countl_zero(rest) + 1, kRankMax);
  registers_[place] = std::max(registers_[place], static_cast<std::uint8_t>(rank));
}

void HyperLogLog::merge(const HyperLogLog& other) {
  if (other.registers_.empty()) return;
  if (registers_.empty()) registers_.resize(kRegisters);
  std::ranges::transform(registers_, other.registers_, registers_.begin(),
                         [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });
}

double HyperLogLog::estimate() const {
  if (registers_.empty()) return 0;
  std::array<std::size_t, kRankMax + 1> ranks{};
  for (const std::uint8_t rank : registers_) ++ranks.at(rank);
  double z = kRegistersReal * tau(1 - static_cast<double>(ranks[kRankMax]) / kRegistersReal);
  for (std::size_t rank = kRankMax - 1; rank >= 1; --rank)
    z = 0.5 * (z + static_cast<double>(ranks.at(rank)));
  z += kRegistersReal * sigma(static_cast<double>(ranks[0]) / kRegistersReal);
  return kRegistersReal * kRegistersReal / (2 * std::log(2.0) * z);
}

std::string HyperLogLog::encode() const {
  const auto zeros = static_cast<std::size_t>(std::ranges::count(registers_, 0));
  const bool is_sparse = (registers_.size() - zeros) * kPairSize < registers_.size();
  std::string bytes;
  for (std::size_t i = 0; i < registers_.size(); ++i) {
    if (is_sparse && registers_[i] == 0) continue;
    if (is_sparse) {
      bytes += static_cast<char>(i >> 8);
      bytes += static_cast<char>(i & 0xFF);
    }
    bytes += static_cast<char>(registers_[i]);
  }
  return base64_encode(bytes);
}

Result<HyperLogLog> HyperLogLog::decode(std::string_view text) {
  HyperLogLog sketch;
  if (text.empty()) return sketch;
  const Failure corrupt = fail(ErrorKind::Corrupt, "not a sketch");
  if (text.size() > kRegisters * 2) return corrupt;
  const Result<std::string> bytes = base64_decode(text);
  if (!bytes) return corrupt;
  sketch.registers_.resize(kRegisters);
  const bool is_dense = bytes->size() == kRegisters;
  if (!is_dense && bytes->size() % kPairSize != 0) return corrupt;
  const bool is_read = is_dense ? read_all(*bytes, sketch.registers_) : read_pairs(*bytes, sketch.registers_);
  if (!is_read) return corrupt;
  return sketch;
}

}  // namespace picket::security
