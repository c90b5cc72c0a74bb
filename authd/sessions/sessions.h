// Logins that last: opened after the last factor, renewed by refresh tokens, ended by logout, theft or an
// administrator. Safe from any thread; every decision that may happen once is the store's.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authd/accounts/account_store.h"
#include "authd/accounts/ids.h"
#include "authd/accounts/session_store.h"
#include "authd/sessions/client.h"
#include "authd/sessions/ended_grants.h"
#include "authd/sessions/identity.h"
#include "authd/sessions/session_config.h"
#include "authd/sessions/session_cookie.h"
#include "authd/tokens/key_ring.h"
#include "authd/tokens/token_config.h"

namespace picket::authd {

enum class SessionMode : std::uint8_t { Token, Cookie };

struct Opening {
  User user{};
  std::vector<std::string> methods{};  ///< amr
  SessionMode mode = SessionMode::Token;
  Client client{};
};

/// What a client is given: the tokens in token mode, `cookie` and `csrf` in cookie mode. The others are
/// empty.
struct Grant {
  User user{};
  Session session{};
  Secret access_token{};
  Duration access_lifetime{};
  Secret refresh_token{};
  Secret cookie{};  ///< names the session: session_cookie.h
  Secret csrf{};    ///< of forms and of X-CSRF-Token
};

struct ProgramGrant {
  Secret access_token{};
  Duration lifetime{};
};

struct RefreshAnswer {
  RefreshVerdict verdict = RefreshVerdict::Unknown;
  std::optional<Grant> grant{};         ///< for Rotate and ReplaySuccessor
  std::string user_id{}, session_id{};  ///< when the family is known: for the audit log
};

struct SessionParts {
  AccountStore& accounts;
  SessionStore& sessions;
  EndedGrants& ended;
  const PublishedKeys& keys;
  Ids& ids;
  Random& random;
  const Clock& clock;
};

struct SessionCounts {
  std::array<std::uint64_t, kRefreshVerdicts.size()> refreshes{};  ///< in that order
  std::optional<std::int64_t> active{};                            ///< of all replicas, when last counted
};

class Sessions {
 public:
  /// `tokens.issuer` is filled in. What the parts name must outlive it.
  Sessions(SessionParts parts, TokenConfig tokens, SessionConfig config);

  /// Denied when the account is not active.
  Result<Grant> open(const Opening& opening);
  /// Ends one that nobody is given after all, because what had to follow failed.
  void take_back(const Grant& grant);
  /// Judges and rotates; on Reuse the family is dead when this returns. A user who is not active, or whose
  /// epoch moved on, gets Revoked; an owner from elsewhere than his networks gets OwnerNetwork, and keeps his
  /// token.
  Result<RefreshAnswer> refresh(std::string_view token, const Client& client);
  /// For a program that showed its API key: an access token that can do `scope` and has no session.
  Result<ProgramGrant> grant_program(const Identity& program, const std::string& scope);
  /// False when it has ended already.
  Result<bool> end(const std::string& session_id, std::string_view reason);
  /// A program's token, by its id.
  Result<void> end_token(const std::string& token_id);
  /// The session that a refresh token is or was one of. Nothing when it is unknown.
  Result<std::optional<Session>> find_by_refresh(std::string_view token) const;
  /// Of the token that can be used now. Nothing for every other.
  struct LiveRefresh {
    User user{};
    Session session{};
  };
  Result<std::optional<LiveRefresh>> find_live_refresh(std::string_view token) const;
  /// By a refresh token that is or was one of the family. Nothing when it is unknown.
  Result<std::optional<Session>> end_by_refresh(std::string_view token, std::string_view reason);
  /// Answers how many.
  Result<std::int64_t> end_all(const std::string& user_id, std::string_view reason,
                               const std::string& except_id = "");
  void reload(TokenConfig tokens, SessionConfig config) EXCLUDES(mutex_);

  /// Asks the store how many live, for counts(). Called by the scheduler, on a pool.
  Result<void> count_active();
  SessionCounts counts() const;

 private:
  struct Settings {
    TokenConfig tokens;
    SessionConfig config;
  };
  struct Ruling {
    Session session;
    RefreshJudgement judgement;
    WallTime now{};
    IpAddress address{};  ///< of who presents it
  };

  std::shared_ptr<const Settings> settings() const EXCLUDES(mutex_);
  Session session_of(const Opening& opening, const Settings& settings);
  Result<void> end_surplus(const std::string& user_id, int live_max);
  Secret access_token(const User& user, const Session& session, Duration& lifetime) const;
  Result<std::optional<Ruling>> judge(const PresentedRefresh& presented, const Client& client) const;
  Result<std::optional<RefreshAnswer>> settle(const Ruling& ruling);
  Result<std::optional<RefreshAnswer>> give(const Ruling& ruling);
  Result<RefreshAnswer> refresh_until_settled(std::string_view token, const Client& client);

  const SessionParts parts_;
  std::array<std::atomic<std::uint64_t>, kRefreshVerdicts.size()> refreshes_{};
  std::atomic<std::int64_t> active_{-1};  ///< below zero: not counted yet

  mutable Mutex mutex_;
  std::shared_ptr<const Settings> settings_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
