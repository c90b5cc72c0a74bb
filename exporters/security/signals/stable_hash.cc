#include "exporters/security/signals/stable_hash.h"

#include <bit>
#include <cstring>

namespace picket::security {
namespace {

struct SipState {
  // The initial constants of the paper, with the key 0x7069636b65742073, 0x65637572697479.
  std::uint64_t v0 = 0x736f6d6570736575ULL ^ 0x7069636b65742073ULL;
  std::uint64_t v1 = 0x646f72616e646f6dULL ^ 0x0065637572697479ULL;
  std::uint64_t v2 = 0x6c7967656e657261ULL ^ 0x7069636b65742073ULL;
  std::uint64_t v3 = 0x7465646279746573ULL ^ 0x0065637572697479ULL;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void add(std::uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

}  // namespace

std::uint64_t stable_hash(std::string_view bytes) {
  SipState state;
  const std::uint64_t size = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    state.add(word);
  }
  std::uint64_t last = 0;
  std::memcpy(&last, bytes.data(), bytes.size());
  state.add(last | size << 56);
  state.v2 ^= 0xFF;
  for (int i = 0; i < 3; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace picket::security
