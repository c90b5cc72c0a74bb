// What the request filter found, on the daemon's log: which rule, where and from whom, so that a false alarm
// can be told from an attack before the filter blocks. The logger bounds how many lines a second.
#pragma once

#include <string_view>

#include "authd/forward_auth/request_filter.h"
#include "base/log/logger.h"
#include "base/net/ip_address.h"

namespace picket::authd {

struct AttackScene {
  const IpAddress& client;
  std::string_view user{};  ///< an id; "" when nobody is logged in
  std::string_view method{}, host{};
  std::string_view path{};  ///< without the query, which may hold secrets of the app
};

/// Nothing when nothing was found.
void note_attack(Logger& log, const RequestFilter::Finding& finding, const AttackScene& scene);

}  // namespace picket::authd
