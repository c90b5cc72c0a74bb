// What forward-auth answers to one request: a pure function of the request, who asks, from where, and the
// rules. Fails closed: what no rule allows is forbidden.
#pragma once

#include <cstdint>
#include <string_view>

#include "authd/forward_auth/access_policy.h"
#include "authd/sessions/identity.h"

namespace picket::authd {

enum class AccessVerdict : std::uint8_t {
  Allow,
  Unauthenticated,    ///< 401: log in
  NeedsSecondFactor,  ///< 401: the login is there and can be completed
  Forbidden           ///< 403: logging in changes nothing
};
/// "allow", "unauthenticated", "needs_second_factor", "forbidden": label values too.
std::string_view to_string(AccessVerdict verdict);

enum class AccessReason : std::uint8_t {
  Public,
  Granted,
  DeniedByRule,
  DeniedByDefault,
  NoIdentity,
  OneFactorOnly,
  NotListed,     ///< neither the role nor the user is one of the rule's
  Scope,         ///< an API key or a program without the rule's scopes
  OwnerNetwork,  ///< an owner from elsewhere than owner_networks
};
std::string_view to_string(AccessReason reason);

struct AccessDecision {
  AccessVerdict verdict = AccessVerdict::Forbidden;
  AccessReason reason = AccessReason::DeniedByDefault;
  const AccessRule* rule = nullptr;  ///< of the rules it was asked of; null: the default decided
  /// Only then the application may be told who asks: a public page must not take a half login for a login.
  bool shows_identity = false;
};

/// `identity` is null for strangers.
AccessDecision decide(const OriginalRequest& request, const Identity* identity, const IpAddress& client,
                      const AccessPolicy& access);

}  // namespace picket::authd
