// Links that work once, as they are mailed or printed: 256 random bits behind the configured URL, which is
// never taken from a request; only the hash is stored. One store and one form for every purpose. Used by
// Recovery and Contacts. Safe from any thread.
#pragma once

#include <initializer_list>
#include <string>

#include "authd/accounts/credential_store.h"
#include "authd/login/login_config.h"
#include "base/crypto/random.h"

namespace picket::authd {

/// Denied: alike for a link that is unknown, of another kind, used, revoked or too old.
Failure link_over();

class OneTimeLinks {
 public:
  /// All must outlive it.
  OneTimeLinks(LinkStore& store, const LoginSettings& settings, Random& random, const Clock& clock)
      : store_(store), settings_(settings), random_(random), clock_(clock) {}

  /// Spends nothing.
  Result<Link> find(const std::string& token, std::initializer_list<LinkKind> kinds);
  /// Fills in the hash and the time; answers the token.
  Result<Secret> make(Link link);
  Result<void> revoke_all(const std::string& user_id, LinkKind kind);
  std::string url_of(const Secret& token, const std::string& path) const;

 private:
  LinkStore& store_;
  const LoginSettings& settings_;
  Random& random_;
  const Clock& clock_;
};

}  // namespace picket::authd
