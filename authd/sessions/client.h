// Who asks, as one request shows him: the front finds it out once, login and sessions use it. Values.
#pragma once

#include <string>

#include "authd/tokens/refresh.h"
#include "base/net/ip_address.h"

namespace picket::authd {

struct Client {
  IpAddress address{};       ///< as TrustedProxies found it
  std::string user_agent{};  ///< UTF-8, repaired and cut where the request came in; lists show it
  std::string device_id{};   ///< of a remembered device whose token came along and lives; "" for none
  // For the lockout and the limits alone:
  std::string device_marks{};              ///< as sent: "pkm_..."
  std::string session_id{}, session_of{};  ///< of a live session that came along, and whose it is
  bool is_shared =
      false;  ///< the address is a proxy that trusted_proxies does not name: many clients share it
};

/// What refresh tokens are tied to: the device when it is known, else the user agent. Never the address,
/// which changes on the way to work.
ClientBinding binding_of(const Client& client);

}  // namespace picket::authd
