// Logins that wait for their second factor. The client has the token "plc_...", the store its hash; it is
// good for one login of one account, for ten minutes and a few tries, from any address: addresses change
// between the two steps. Also sends the codes. Used by Login. Safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authd/login/factor_check.h"
#include "authd/login/login.h"
#include "authd/login/send_caps.h"

namespace picket::authd {

struct ChallengeParts {
  ChallengeStore& store;
  AccountStore& accounts;
  FactorCheck& factors;
  SendCaps& caps;
  Post& post;
  const LoginSettings& settings;
  Random& random;
  const Clock& clock;
};

/// A challenge that lives, and whose login it is.
struct OpenChallenge {
  Challenge challenge{};
  User user{};
};

class Challenges {
 public:
  explicit Challenges(ChallengeParts parts) : parts_(parts) {}

  Result<SecondFactorRequired> begin(const User& user, std::vector<std::string> methods,
                                     const Client& client);
  /// Nothing when it is unknown, over, spent, or the account is not active or got another password since.
  Result<std::optional<OpenChallenge>> find(std::string_view token);
  /// Takes a try, before anything is compared. False when none is left.
  Result<bool> count_try(const OpenChallenge& open);
  /// False when somebody else was first.
  Result<bool> use(const OpenChallenge& open);
  /// Makes a code and hands it to the post. A method that is not offered, or a cap, sends nothing.
  Result<void> send_code(const OpenChallenge& open, std::string_view method, const Client& client);

  /// A password that was set by a mailed link: until another factor was shown, codes to the same mailbox
  /// prove nothing more.
  Result<void> distrust_mailbox(const std::string& user_id, WallTime password_changed_at);
  Result<bool> distrusts_mailbox(const User& user);
  Result<void> trust_mailbox(const User& user);

 private:
  std::string mailbox_mark(const std::string& user_id, WallTime password_changed_at) const;

  const ChallengeParts parts_;
};

}  // namespace picket::authd
