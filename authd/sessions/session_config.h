// The `sessions:` part of authd.yml: how long a login lasts. Immutable after loading.
#pragma once

#include <map>
#include <string>

#include "authd/accounts/role.h"
#include "authd/sessions/owner_networks.h"
#include "base/config/reader.h"

namespace picket::authd {

struct SessionConfig {
  Duration idle = std::chrono::minutes(30);        ///< cookie mode: without a request
  Duration absolute = std::chrono::hours(24 * 7);  ///< of roles that `absolute_by_role` does not name
  std::map<std::string, Duration> absolute_by_role{{"owner", std::chrono::hours(12)}};
  /// How long after a password or a code was shown a session may do what asks for it again.
  Duration fresh = std::chrono::minutes(5);
  int live_max = 100;      ///< of one user; the oldest ends when one more begins
  OwnerNetworks owners{};  ///< filled in: they stand at the top of the file

  Duration absolute_of(Role role) const;
};
/// What `absolute_by_role` does not name keeps its default.
void read_yaml(MapReader& r, SessionConfig& c);

}  // namespace picket::authd
