// How a lane does, for /metrics and pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace picket::business {

struct LaneStatus {
  std::string database{};
  std::optional<bool> up{};  ///< whether the last attempt to connect succeeded; nothing before the first
  std::size_t idle = 0;      ///< sessions
  std::size_t busy = 0;
  std::size_t waiting = 0;  ///< reads in the queue
  std::uint64_t connect_failures = 0;
  std::string error{};                  ///< of the last attempt to connect, when it failed
  std::vector<std::string> warnings{};  ///< rights beyond reading
};

}  // namespace picket::business
