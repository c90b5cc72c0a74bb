// Who may reach what behind a proxy: rules by host, path, method and client network, the first that matches
// decides, and what none matches is denied unless `default` says otherwise. The `rules:` and `default:` of
// forward_auth in authd.yml. Compiled when read; immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "authd/accounts/role.h"
#include "authd/forward_auth/original_request.h"
#include "authd/forward_auth/rule_index.h"
#include "authd/forward_auth/url_pattern.h"
#include "authd/sessions/owner_networks.h"
#include "base/config/reader.h"
#include "base/net/ip_address.h"

namespace picket::authd {

enum class Requirement : std::uint8_t { Deny, Public, OneFactor, TwoFactors };

struct AccessRule {
  std::string name;  ///< "rules[0]" unless it is given
  // Which requests it is about; an empty list is all.
  std::vector<HostPattern> hosts;
  std::vector<PathPattern> paths;
  std::vector<std::string> methods;
  std::vector<Cidr> networks;
  // What it asks of them.
  Requirement require = Requirement::Deny;
  std::vector<Role> roles;         ///< each one that may; with `users` both empty: everybody
  std::vector<std::string> users;  ///< keys of canonical_username(); they may whatever their role is
  std::vector<std::string>
      scopes;  ///< API keys and the like may when they hold all of these; none: they may not
};

class AccessPolicy {
 public:
  Requirement otherwise = Requirement::Deny;
  OwnerNetworks owners;  ///< filled in: they stand at the top of the file, for all of authd

  void set_rules(std::vector<AccessRule> rules);
  const std::vector<AccessRule>& rules() const { return rules_; }
  /// The first rule that matches; null when none does.
  const AccessRule* find(const OriginalRequest& request, const IpAddress& client) const;

 private:
  std::vector<AccessRule> rules_;
  RuleIndex index_;
};

void read_yaml(MapReader& r, AccessRule& rule);
/// Reads its keys of the `forward_auth:` map.
void read_access_policy(MapReader& r, AccessPolicy& access);

}  // namespace picket::authd
