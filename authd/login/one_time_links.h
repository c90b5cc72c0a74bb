// Links that work once, as they are mailed or printed: 256 random bits behind the configured URL, which is
// never taken from a request; only the hash is stored. One store and one form for every purpose. Used by
// Recovery and Contacts. Safe from any thread.
#pragma once

#include <initializer_list>
#include <string>

#include "authd/accounts/credential_store.h"
#include "authd/login/login_config.h"
#include "authd/login/login_refused.h"
#include "authd/login/patience.h"
#include "authd/login/try_limit.h"
#include "authd/sessions/client.h"
#include "base/crypto/random.h"

namespace picket::authd {

/// Denied: alike for a link that is unknown, of another kind, used, revoked or too old.
Failure link_over();

/// All must outlive it.
struct OneTimeLinkParts {
  LinkStore& store;
  TryLimit& tries;
  const LoginSettings& settings;
  Random& random;
  const Clock& clock;
};

class OneTimeLinks {
 public:
  explicit OneTimeLinks(OneTimeLinkParts parts) : parts_(parts) {}

  /// Spends nothing. A link that is over counts as a failure of the client; Limited after too many.
  Result<Link> find(const std::string& token, std::initializer_list<LinkKind> kinds, const Client& client,
                    const Patience& patience);
  /// Fills in the hash and the time; answers the token.
  Result<Secret> make(Link link);
  Result<void> revoke_all(const std::string& user_id, LinkKind kind);
  std::string url_of(const Secret& token, const std::string& path) const;

 private:
  Result<Link> look_up(const std::string& token, std::initializer_list<LinkKind> kinds);

  const OneTimeLinkParts parts_;
};

}  // namespace picket::authd
