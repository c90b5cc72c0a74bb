// Which clients are behind most of something, as a sketch counts them in a bounded space. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace picket::security {

struct TopEntry {
  std::string key{};        ///< an address or a network
  std::uint64_t count = 0;  ///< at least count - error, at most count
  std::uint64_t error = 0;
  bool is_claimed = false;  ///< the address is the client's own word
};

struct TopList {
  std::string measure{};            ///< "attacks", "login_failures", "requests", ...
  std::vector<TopEntry> entries{};  ///< the greatest first
};

}  // namespace picket::security
