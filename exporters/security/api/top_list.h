// Who or what is behind most of something, as a sketch counts it in a bounded space. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace picket::security {

enum class TopBy : std::uint8_t { Clients, Accounts, Targets };

struct TopEntry {
  std::string key{};        ///< an address, an account as tried, or a path
  std::uint64_t count = 0;  ///< at least count - error, at most count
  std::uint64_t error = 0;
  bool is_claimed = false;  ///< the address is the client's own word
};

struct TopList {
  TopBy by = TopBy::Clients;
  std::string measure{};            ///< "attacks", "login_failures", "requests", ...
  std::vector<TopEntry> entries{};  ///< the greatest first
};

}  // namespace picket::security
