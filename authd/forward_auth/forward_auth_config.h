// The `forward_auth:` part of authd.yml. Immutable after loading; swapped whole at reload.
#pragma once

#include <string>
#include <vector>

#include "authd/forward_auth/access_policy.h"
#include "authd/forward_auth/redirect_targets.h"
#include "authd/forward_auth/request_filter.h"

namespace picket::authd {

struct RedirectConfig {
  std::string login_url;    ///< where browsers are sent to log in; "": public_url and /auth/login
  RedirectTargets allowed;  ///< where they may be sent back to
};
void read_yaml(MapReader& r, RedirectConfig& c);

struct ForwardAuthConfig {
  AccessPolicy access;
  RedirectConfig redirect;
  FilterMode filter = FilterMode::Detect;
  std::vector<std::string> filter_without;  ///< ids of attack rules that do not fit these applications
};
void read_yaml(MapReader& r, ForwardAuthConfig& c);

}  // namespace picket::authd
