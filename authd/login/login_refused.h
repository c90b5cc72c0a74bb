// How the login says no. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "authd/ratelimit/limit_gate.h"

namespace picket::authd {

/// Wrong, unknown, locked, suspended and spent all look the same to the one who asks.
struct LoginRefused {
  enum class Kind : std::uint8_t {
    Denied,
    Busy,
    Unavailable,
    Limited,  ///< too many failures, or a blocked network: `turned_away` says which
    Foreign   ///< a login with cookies that another site's page has sent
  };
  Kind kind = Kind::Denied;
  std::chrono::seconds retry_after{0};  ///< of Busy: the password pool is full
  bool begin_again = false;             ///< the second step is over, whatever is typed
  std::optional<GateAnswer> turned_away{};
};

/// Of the limits, before anything was compared.
inline LoginRefused turned_away_by(GateAnswer answer) {
  return {.kind = LoginRefused::Kind::Limited, .turned_away = std::move(answer)};
}

/// Until the limits let in again; a block says it itself.
Duration wait_after(const GateAnswer& answer);
/// The same for what answers an Error.
Error limited_error(const GateAnswer& answer);

}  // namespace picket::authd
