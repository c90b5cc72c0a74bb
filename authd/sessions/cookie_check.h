// Session cookies, believed by the session in the store, which is read every few seconds at most while it is
// used, and whose uses are written once a minute at most. For IdentityCheck. Safe from any thread.
#pragma once

#include <atomic>
#include <optional>
#include <string_view>

#include "authd/accounts/account_store.h"
#include "authd/accounts/session_store.h"
#include "authd/sessions/ended_grants.h"
#include "authd/sessions/identity.h"
#include "authd/sessions/recently_read.h"
#include "authd/sessions/session_uses.h"

namespace picket::authd {

struct CookieParts {
  AccountStore& accounts;
  SessionStore& sessions;
  const EndedGrants& ended;
  const Clock& clock;
};

class CookieCheck {
 public:
  /// `idle`: how long a session lasts without a use. What the parts name must outlive it.
  CookieCheck(const CookieParts& parts, Duration idle);

  Result<Identity> check(std::string_view cookie);
  /// The same out of memory; nothing where the store would have to be asked or told.
  std::optional<Result<Identity>> check_seen(std::string_view cookie);
  /// "" when the cookie names no session that is known.
  Secret csrf_of(std::string_view cookie);
  enum class Flush : std::uint8_t { Due, All };
  /// The first that fails ends it; it and the rest wait for the next time.
  Result<void> flush(Flush which);
  void set_idle(Duration idle) { idle_ = idle; }

 private:
  struct Seen {
    Session session;
    std::string username;
    Role role = Role::Guest;
    bool is_password_due = false;
    bool has_account = false;  ///< active, and of the session's epoch
  };
  using SeenSessions = RecentlyRead<Seen>;
  using Found = Result<std::optional<SeenSessions::Entry>>;  ///< nothing when the store has no such session

  Found read(const std::string& family_id);
  Found find(const std::string& family_id);
  /// Asks the store again before it calls a session idle: another replica may have seen it.
  Found find_in_use(const std::string& family_id, std::string_view cookie);
  bool is_idle(const Session& session) const;
  WallTime idle_end(const Session& session) const;
  bool is_alive(const Seen& seen) const;
  bool is_write_due(const Session& session, WallTime now) const;
  void note_use(const SeenSessions::Entry& entry);
  Identity identity_of(const Seen& seen) const;
  Duration touch_interval() const;

  const CookieParts parts_;
  std::atomic<Duration> idle_;
  SeenSessions seen_;
  SessionUses uses_;
};

}  // namespace picket::authd
