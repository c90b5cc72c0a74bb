// A person's phone number becomes verified by a code that is sent to it: once, within minutes, for this
// person and this number. Tries count as those of a login do, messages against the caps of all codes. Used by
// the API and the pages. Safe from any thread.
#pragma once

#include <string>

#include "authd/accounts/account_store.h"
#include "authd/accounts/session_store.h"
#include "authd/login/code_check.h"
#include "authd/login/login.h"
#include "authd/login/login_journal.h"
#include "authd/login/post.h"
#include "authd/login/send_caps.h"

namespace picket::authd {

struct PhoneCheckParts {
  AccountStore& accounts;
  ChallengeStore& challenges;
  CodeCheck& codes;
  SendCaps& caps;
  Post& post;
  LoginJournal& journal;
  const LoginSettings& settings;
  Random& random;
  const Clock& clock;
};

/// What came back, as typed.
struct PhoneAnswer {
  std::string token{};
  std::string code{};
};

class PhoneCheck {
 public:
  /// `pepper` hashes codes.
  PhoneCheck(PhoneCheckParts parts, Secret pepper) : parts_(parts), pepper_(std::move(pepper)) {}

  bool can_send() const { return parts_.post.can_sms(); }
  /// Sends a code to his number and answers the token that must come back with it: `token` again, if it
  /// lives, so that an earlier code is replaced, not mixed up. A cap sends nothing and looks the same.
  /// Conflict when there is no number, it is verified, or SMS is not set up.
  Result<Secret> send_code(const User& user, const std::string& token);
  /// Denied when the code is wrong or over, none of its tries is left, or the account is locked.
  Result<void> confirm(const User& user, const PhoneAnswer& answer, const LoginContext& context);

 private:
  Result<std::optional<Challenge>> find(const User& user, const std::string& token);
  Result<Secret> begin(const User& user);
  Result<void> make_code(const User& user, const std::string& id_hash, Duration good_for);
  Result<Refusal> try_code(const User& user, const PhoneAnswer& answer);
  Result<bool> mark_verified(const User& user);
  std::string code_hash(const std::string& id_hash, const User& user, const std::string& code) const;

  const PhoneCheckParts parts_;
  const Secret pepper_;
};

}  // namespace picket::authd
