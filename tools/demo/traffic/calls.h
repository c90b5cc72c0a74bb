// Which requests of visitors and attackers are due in the demo: a quarter of a second after the other. Pure; the
// addresses are those of documentation (RFC 5737), which the demo's proxy believes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"

namespace picket::demo {

inline constexpr Duration kTick = std::chrono::milliseconds(250);

enum class Site {
  Shop,    ///< behind the proxy and authd
  Logins,  ///< authd's pages and API
  Old,     ///< the shop of before, behind no authd
};

inline constexpr std::string_view kBrowser =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// What authd takes for one device: it has no cookie, so that its user agent tells it from others.
struct Device {
  std::string address;
  std::string user_agent{kBrowser};
};

struct Call {
  Site site = Site::Shop;
  Method method = Method::Get;
  std::string path;
  std::string client;  ///< address
  std::string user_agent{kBrowser};
  std::string body{};                    ///< JSON
  std::optional<std::size_t> visitor{};  ///< whose cookies go along; its number
  std::string basic_user{};              ///< of Basic authentication, with a wrong password
};

/// What is due at the tick: page views at all times, the rest as the incidents say. Logins of visitors are not
/// in it (login_due). `visitors`: how many there are, at least one.
std::vector<Call> calls_due(std::uint64_t tick, std::size_t visitors);

/// Who logs in at the tick, if anybody: each visitor once in four minutes, all of them in the first seconds.
std::optional<std::size_t> login_due(std::uint64_t tick, std::size_t visitors);

/// One step of the theft of a refresh token: its owner logs in, 10 s later they renew, and 40 s later somebody else
/// shows the same token from their own device.
struct TheftStep {
  Device from;
  bool logs_in = false;  ///< else: shows the token of that login
};
std::optional<TheftStep> theft_due(std::uint64_t tick);

/// "203.0.113.17".
std::string address_of_visitor(std::size_t visitor);

}  // namespace picket::demo
