// argon2id (RFC 9106) through libargon2, version 0x13. Slow on purpose (25 ms and 19 MiB by default): run it
// in the KdfPool. All lanes run on the calling thread, so that the pool alone decides how many cores hash.
// Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

/// The default is OWASP's minimum for argon2id.
struct Argon2Params {
  std::uint32_t memory_kib = 19 * 1024;
  std::uint32_t passes = 2;
  std::uint32_t lanes = 1;
  bool operator==(const Argon2Params&) const = default;
};

/// What a stored or imported hash may cost us: up to 1 GiB, 10 passes, 16 lanes, 8 KiB a lane at least.
/// InvalidInput otherwise.
Result<void> check_argon2_params(const Argon2Params& params);

struct Argon2Input {
  std::string_view password;
  std::string_view salt;  ///< 8 to 64 bytes
  std::string_view secret = {};
  std::string_view associated = {};
};

/// `tag_bytes` (4 to 64) raw bytes. InvalidInput for parameters out of bounds, Unavailable without memory.
Result<std::string> argon2id(const Argon2Params& params, const Argon2Input& input, std::size_t tag_bytes);

}  // namespace picket::authd
