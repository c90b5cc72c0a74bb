// Logging in, as a use case without HTTP and without SQL: password, then the second factor, then a session.
// Every path that proves a person goes through here, so that locks, limits, timing and the audit log are the
// same on all of them. Blocks while a password is hashed. Safe from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "authd/login/password_check.h"
#include "authd/sessions/sessions.h"

namespace picket::authd {

class Challenges;
class CodeCheck;
class FactorCheck;
class Post;
struct OpenChallenge;

/// As typed.
struct Credentials {
  std::string name{};
  std::string password{};
};

struct LoginContext {
  Client client{};
  SessionMode mode = SessionMode::Token;
  /// It came from our own page: without that no browser is given a session, by whatever path it asks.
  bool is_same_origin = false;
  Deadline deadline{};
  std::stop_token gone{};  ///< the client hung up

  bool is_foreign() const { return mode == SessionMode::Cookie && !is_same_origin; }
  /// Denied for what another site's page has sent.
  Result<void> check_origin() const {
    if (is_foreign()) return fail(ErrorKind::Denied, "this came from another site");
    return {};
  }

  Patience patience() const { return {deadline, gone}; }
};

struct LoggedIn {
  Grant grant{};
  bool must_enrol = false;  ///< the role asks for a second factor, and there is none: scope "factors:enrol"
  Secret device_token{};    ///< set when the device was to be remembered
  Duration remembered_for{};
  Secret device_mark{};  ///< the device is known for the lockout from now on
};

struct SecondFactorRequired {
  Secret challenge{};                  ///< "plc_...": only the client has it
  std::vector<std::string> methods{};  ///< "totp", "email", "sms", "backup_code"
  std::string code_sent{};             ///< "email" when a code left at once, as far as the caps let it
  WallTime expires_at{};
  Duration remember_for{};  ///< how long a device can be remembered; zero: the role shows a factor each time
};

using LoginOutcome = std::variant<LoggedIn, SecondFactorRequired, LoginRefused>;

struct SecondFactorAnswer {
  std::string challenge{};
  std::string method{};  ///< one of SecondFactorRequired::methods
  std::string code{};
  bool remember_device = false;
};

/// Sessions::open.
using OpenSession = std::function<Result<Grant>(const Opening&)>;

struct LoginParts {
  AccountStore& accounts;
  SessionStore& sessions;  ///< to know a browser again
  PasswordCheck& passwords;
  AttemptGate& gate;
  CodeCheck& codes;
  FactorCheck& factors;
  Challenges& challenges;
  KnownDevices& devices;
  LoginJournal& journal;
  Post& post;
  const LoginSettings& settings;
  const Clock& clock;
  OpenSession open_session;
};

class Login {
 public:
  /// What the parts name must outlive it.
  explicit Login(LoginParts parts) : parts_(std::move(parts)) {}

  LoginOutcome begin(const Credentials& credentials, const LoginContext& context);
  LoginOutcome complete(const SecondFactorAnswer& answer, const LoginContext& context);
  /// Sends a code by "email" or "sms" for a challenge that allows it. Always looks the same (202) to the
  /// caller unless the store is away; caps per number, per account and per day hold silently.
  Result<void> send_code(std::string_view challenge, std::string_view method, const LoginContext& context);
  /// "Type your password again": for changes of password, mail, phone and factors. Locks and counts as a
  /// login does. Denied when wrong; Unavailable when it cannot be checked now.
  Result<void> confirm_password(const User& user, const std::string& password, const LoginContext& context);
  /// The same by a code of the authenticator app, which is spent.
  Result<void> confirm_code(const User& user, const std::string& code, const LoginContext& context);
  /// RefreshVerdict::Reuse ended a login of his: he hears of it by mail. Waits for nothing.
  void tell_of_reuse(const std::string& user_id, const Client& client);

 private:
  struct Arrival {  ///< a person who is proven
    User user{};
    std::optional<Device> device{};
    Factor factor = Factor::Password;  ///< the last one
    std::vector<std::string> methods{};
    bool must_enrol = false;
    bool remember_device = false;
  };
  LoginOutcome after_password(PasswordProof proof, const LoginContext& context);
  LoginOutcome ask_second(const User& user, std::vector<std::string> methods, const LoginContext& context);
  Result<void> send_if_asked_first(SecondFactorRequired& required, const LoginContext& context);
  LoginOutcome answer(const OpenChallenge& open, Factor factor, const SecondFactorAnswer& answer,
                      const LoginContext& context);
  Result<Refusal> try_factor(const OpenChallenge& open, Factor factor, const std::string& code,
                             const Client& client);
  /// What is answered to a try that was not right: it counts when something was compared.
  Refusal end_try(AttemptGate::Ticket ticket, Refusal why, const User& user, const Client& client);
  LoginOutcome arrive(const Arrival& arrival, AttemptGate::Ticket ticket, const LoginContext& context);
  Result<LoggedIn> let_in(const Arrival& arrival, const LoginContext& context);
  Result<void> note_arrival(const Arrival& arrival, const Client& client, LoggedIn& logged_in);
  Result<Refusal> spend_app_code(const User& user, const std::string& code);
  LoginRefused refuse(const AttemptNote& note, const LoginContext& context);
  LoginRefused refuse_foreign(const LoginContext& context);
  LoginRefused tell(PasswordRefused refused, const LoginContext& context);
  Result<bool> is_new_client(const User& user, const Client& client);

  const LoginParts parts_;
};

}  // namespace picket::authd
