// One gate for the codes that a person types who is logged in: of the app again, of the app at its enrolment,
// of a number that is to be verified. Tries count and lock as those of a login do, a lock costs what a
// failure costs, and its person hears of it. Used by Login, Enrolment and PhoneCheck. Safe from any thread.
#pragma once

#include <functional>

#include "authd/login/attempt_gate.h"
#include "authd/login/known_devices.h"
#include "authd/login/login_config.h"
#include "authd/login/login_journal.h"
#include "authd/login/post.h"

namespace picket::authd {

/// All must outlive it.
struct CodeCheckParts {
  AttemptGate& gate;
  KnownDevices& devices;
  LoginJournal& journal;
  Post& post;
  const LoginSettings& settings;
  const Clock& clock;
};

struct CodeQuestion {
  std::string_view action;  ///< of the journal
  Factor factor = Factor::Totp;
  const User& user;
  const Client& client;
  Patience patience{};
};

class CodeCheck {
 public:
  explicit CodeCheck(CodeCheckParts parts) : parts_(parts) {}

  /// Compares and spends: None when it was right, Exhausted when nothing was compared.
  using Compare = std::function<Result<Refusal>()>;
  /// What became of it, written down. Limited, or Denied in a blocked network; else as AttemptGate::enter.
  Result<Refusal> ask(const CodeQuestion& question, const Compare& compare);
  /// Where people want to hear of it.
  void tell_of_lock(const User& user, const Client& client);

 private:
  Result<Refusal> try_once(const CodeQuestion& question, const Compare& compare, AttemptGate::Ticket ticket);

  const CodeCheckParts parts_;
};

}  // namespace picket::authd
