// How the login says no. Values.
#pragma once

#include <chrono>
#include <cstdint>

namespace picket::authd {

/// Wrong, unknown, locked, suspended and spent all look the same to the one who asks.
struct LoginRefused {
  enum class Kind : std::uint8_t { Denied, Busy, Unavailable };
  Kind kind = Kind::Denied;
  std::chrono::seconds retry_after{0};  ///< of Busy: the password pool is full
  bool begin_again = false;             ///< the second step is over, whatever is typed
};

}  // namespace picket::authd
