// Is this his password? The same work, the same statements in the same order and the same answer whether the
// account is unknown, locked, suspended or the password wrong. Hashes in the KdfPool and nowhere else. Used
// by Login. Safe from any thread; blocks while a password is hashed.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "authd/accounts/account_store.h"
#include "authd/login/hash_times.h"
#include "authd/login/known_devices.h"
#include "authd/login/login_config.h"
#include "authd/login/login_journal.h"
#include "authd/login/login_refused.h"
#include "authd/passwords/kdf_pool.h"
#include "authd/passwords/password_hash.h"

namespace picket::authd {

struct PasswordQuestion {
  std::string_view action;  ///< for the audit log: "auth.login"
  std::string name{};       ///< as typed; of ask_name()
  std::string password{};   ///< as typed
  Client client{};
  Patience patience{};
};

/// The password was right. Whoever asked settles the ticket, when he knows whether more is asked for.
struct PasswordProof {
  User user{};
  std::optional<Device> device{};  ///< a known one that the client has
  AttemptGate::Ticket ticket;
};

struct PasswordRefused {
  LoginRefused answer{};
  Refusal reason = Refusal::Wrong;
  std::optional<User> locked{};  ///< the account that this very failure has locked a way into
};

using PasswordOutcome = std::variant<PasswordProof, PasswordRefused>;

struct PasswordCheckParts {
  AccountStore& accounts;
  AttemptGate& gate;
  KnownDevices& devices;
  KdfPool& pool;
  LoginJournal& journal;
  const LoginSettings& settings;
  Random& random;
  const Clock& clock;
};

class PasswordCheck {
 public:
  /// `stand_ins`: a key under which names that no account has are counted. All parts must outlive it.
  PasswordCheck(PasswordCheckParts parts, const KdfPoolConfig& pool, Secret stand_ins);

  /// Refusals are in the journal when this returns; a success is for the caller to write.
  PasswordOutcome ask_name(const PasswordQuestion& question);
  PasswordOutcome ask_user(const std::string& user_id, const PasswordQuestion& question);
  /// A hash of a new password. Unavailable (the pool is full), InvalidInput (bcrypt, more than 72 bytes).
  Result<std::string> hash(const OpaqueString& password, const Client& client, const Patience& patience);

 private:
  struct Subject {
    std::optional<User> user{};
    std::string account{};  ///< the user's id, or what stands in for one
    Approach approach{};

    bool is_known() const { return !approach.claimant.known_device.empty(); }
  };
  Result<Subject> find_by_name(const PasswordQuestion& question);
  PasswordOutcome ask(Result<Subject> subject, const PasswordQuestion& question);
  PasswordOutcome ask_let_in(Subject subject, const PasswordQuestion& question, AttemptGate::Ticket ticket);
  PasswordRefused refuse_locked(const Subject& subject, const PasswordQuestion& question,
                                LockVerdict verdict);
  PasswordRefused refuse(const Subject& subject, const PasswordQuestion& question, Refusal reason);
  PasswordRefused turn_away(const Subject& subject, const PasswordQuestion& question, GateAnswer answer);
  PasswordRefused refuse_for_now(const Subject& subject, const PasswordQuestion& question,
                                 const KdfRefusal& refusal);
  KdfTicket kdf_ticket(const Client& client, const Patience& patience, bool known_device) const;
  PasswordHash hash_of(const Subject& subject);
  Refusal bar_to(const Subject& subject, const Client& client) const;
  void rehash(User& user, const OpaqueString& password, const PasswordQuestion& question);

  const PasswordCheckParts parts_;
  const Secret stand_ins_;
  HashTimes times_;
};

}  // namespace picket::authd
