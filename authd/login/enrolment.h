// Second factors of a person who is logged in: set up, confirmed, taken away; backup codes. The caller has
// seen to it that it is his session and, where it says so, his password (Login::confirm_password). Every
// change is audited and mailed to him; the store forgets his remembered devices with it and ends all his
// grants through the account's epoch, this session's too: open another one for him, with what he has now
// shown. Safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "authd/accounts/session_store.h"
#include "authd/accounts/user.h"
#include "authd/login/code_check.h"
#include "authd/login/login.h"
#include "authd/login/login_config.h"
#include "authd/login/login_journal.h"
#include "authd/login/post.h"
#include "authd/sessions/client.h"
#include "base/config/secret.h"

namespace picket::authd {

struct TotpOffer {
  Secret base32{};
  Secret uri{};     ///< otpauth://
  Secret qr_svg{};  ///< inline SVG
};

struct EnrolmentParts {
  FactorStore& factors;
  SessionStore& sessions;
  CodeCheck& codes;
  LoginJournal& journal;
  Post& post;
  const LoginSettings& settings;
  Random& random;
  const Clock& clock;
};

class Enrolment {
 public:
  explicit Enrolment(EnrolmentParts parts) : parts_(parts) {}

  /// A secret that proves nothing until confirm_totp. Conflict when one is confirmed already.
  Result<TotpOffer> begin_totp(const User& user);
  /// Spends the code's step; counts as a try of the account. The backup codes are shown this once (none when
  /// there are some). Denied for a wrong code, and while the account is locked.
  Result<std::vector<std::string>> confirm_totp(const User& user, const std::string& code,
                                                const LoginContext& context);
  Result<void> set_email(const User& user, bool on, const Client& client);  ///< only a verified address
  /// Only a verified number, and only beside TOTP.
  Result<void> set_sms(const User& user, bool on, const Client& client);
  /// SMS goes with it. Denied for roles that must have a second factor, when it is the last.
  Result<void> remove_totp(const User& user, const Client& client);
  /// Conflict when there is no second factor that they could stand in for.
  Result<std::vector<std::string>> renew_backup_codes(const User& user, const Client& client);
  /// All of them go, of somebody who has lost them. Whether `administrator` (an id) may, the caller has seen
  /// to; `client` is the administrator's.
  Result<void> reset(const User& user, const std::string& administrator, const Client& client);

 private:
  Result<void> check_totp_code(const User& user, const std::string& code, const LoginContext& context);
  Result<Refusal> try_totp_code(const User& user, const std::string& code);
  Result<std::vector<std::string>> make_backup_codes(const User& user);
  Result<void> changed(const User& user, std::string_view action, std::string_view what,
                       const Client& client);
  void tell(const User& user, std::string_view what, const Client& client);
  Result<void> end_sessions(const User& user);

  const EnrolmentParts parts_;
};

}  // namespace picket::authd
