// A hash that is the same in every process and version: what is kept depends on it. SipHash-1-3 with a fixed
// key. Source: Aumasson and Bernstein, "SipHash" (2012).
#pragma once

#include <cstdint>
#include <string_view>

namespace picket::security {

std::uint64_t stable_hash(std::string_view bytes);

}  // namespace picket::security
