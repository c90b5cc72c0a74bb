// Passwords set by people: changed, reset by a mailed link, set first by an invitation or by the first
// owner's link. The links hold a token that works once; only its hash is stored; their base is the configured
// URL and never a header. A new password ends every grant through the account's epoch, this session's too.
// Safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "authd/login/challenges.h"
#include "authd/login/login.h"
#include "authd/login/one_time_links.h"
#include "authd/passwords/password_policy.h"

namespace picket::authd {

/// Why a new password may not be set; empty when it was.
using PasswordAnswer = std::vector<PasswordObjection>;

struct RecoveryParts {
  AccountStore& accounts;
  SessionStore& sessions;
  OneTimeLinks& links;
  FactorStore& factors;
  Login& login;
  PasswordCheck& passwords;
  Challenges& challenges;
  KnownDevices& devices;
  SendCaps& caps;
  TryLimit& tries;
  Post& post;
  LoginJournal& journal;
  const LoginSettings& settings;
  Ids& ids;
  const Clock& clock;
};

/// A link that makes the first owner, for the log and the console.
struct FirstOwnerOffer {
  Secret token{};
  Secret link{};  ///< "" without a base URL
  WallTime expires_at{};
};

class Recovery {
 public:
  /// The post must be idle before it ends.
  explicit Recovery(RecoveryParts parts) : parts_(parts) {}

  /// Needs the current one (Denied when wrong). Ends every session: open another one for him.
  Result<PasswordAnswer> change(const User& user, const std::string& current, const std::string& next,
                                const LoginContext& context);
  /// Mails a link (1 h) when there is such an account; looks and takes the same when there is none. Limited
  /// when one network has asked too often.
  Result<void> request_reset(const std::string& name_or_email, const LoginContext& context);
  /// The same for an administrator, who is not limited.
  Result<void> send_reset(const std::string& name_or_email, const LoginContext& context);
  /// False when no link can leave: there is no mail server, or no URL to begin it with.
  bool can_mail() const;
  /// Denied when the link is over. Logs nobody in: the second factor is still asked at the login.
  Result<PasswordAnswer> reset(const std::string& link_token, const std::string& next,
                               const LoginContext& context);
  /// An invitation (24 h) to `email` with a role that `inviter` may grant.
  Result<void> invite(const User& inviter, const std::string& email, Role role, const LoginContext& context);
  /// The account that it makes. InvalidInput for a name that cannot be, Conflict when it is taken. Takes the
  /// first owner's link too: Denied once there is an owner.
  Result<PasswordAnswer> accept(const std::string& link_token, const std::string& username,
                                const std::string& password, const LoginContext& context);
  /// Called at start. Nothing when there is an owner.
  Result<std::optional<FirstOwnerOffer>> offer_first_owner();

 private:
  struct NewPassword {
    PasswordAnswer objections{};
    std::string hash{};
  };
  Result<NewPassword> judge_and_hash(const std::string& typed, const PasswordOwner& owner,
                                     const LoginContext& context);
  struct HashChange {
    std::string user_id{};
    std::string hash{};
    WallTime at{};
    std::optional<Link> by{};  ///< is spent with it
  };
  Result<User> store_hash(const HashChange& change);
  Result<User> update(const User& after, const std::optional<Link>& by);
  Result<void> password_changed(const User& user, std::string_view action, const LoginContext& context);
  Result<void> take_request(const std::string& typed, const LoginContext& context);
  Result<void> mail_reset(const std::string& typed, const Client& client);
  Result<bool> has_only_mailbox(const User& user);
  Result<User> user_of(const Link& link, const std::string& username);

  const RecoveryParts parts_;
};

}  // namespace picket::authd
