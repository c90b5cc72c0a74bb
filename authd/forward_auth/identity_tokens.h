// The signed header that tells an application who asks: a JWT of 60 s for that one host, so that nobody has
// to trust a plain Remote-User. Made by issue(), kept until half its life is over, because a signature per
// request would cost more than all the rest. Bounded. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "authd/sessions/identity.h"
#include "authd/tokens/access_token.h"
#include "base/crypto/random.h"
#include "base/exec/mutex.h"

namespace picket::authd {

/// What apps are told as the user name: the id in place of one that they could take for a path or for markup,
/// as accounts of earlier versions may have.
const std::string& name_for_apps(const Identity& who);

constexpr std::string_view kIdentityTokenType = "picket-id+jwt";

struct IdentityTokenConfig {
  Duration lifetime = std::chrono::seconds(60);
  std::size_t cached_max = 20'000;
};

/// From whom to whom: our own name, and Authority::text() of the original request.
struct IdentityTokenParties {
  std::string_view issuer, audience;
};

class IdentityTokens {
 public:
  IdentityTokens(IdentityTokenConfig config, Random& random);

  /// Claims: sub (the user's id), client_id (the session's or key's way in: "cookie", "access_token",
  /// "api_key"), preferred_username, role, amr, scope, sid. A token never lives longer than the identity; ""
  /// when that is over.
  std::string token_for(const Identity& identity, const IdentityTokenParties& parties, const SigningKey& key,
                        WallTime now) EXCLUDES(mutex_);
  std::size_t cached() const EXCLUDES(mutex_);

 private:
  struct Entry {
    std::string token;
    WallTime renew_at{};
    WallTime expires_at{};
  };
  Entry make(const Identity& identity, const IdentityTokenParties& parties, const SigningKey& key,
             WallTime now);

  const IdentityTokenConfig config_;
  Random& random_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
