// All parts of the login, put together in the order of their needs: for app.cc and the tests. Safe from any
// thread.
#pragma once

#include <memory>

#include "authd/login/challenges.h"
#include "authd/login/code_check.h"
#include "authd/login/contacts.h"
#include "authd/login/enrolment.h"
#include "authd/login/login.h"
#include "authd/login/phone_check.h"
#include "authd/login/recovery.h"

namespace picket::authd {

struct LoginStores {
  AccountStore& accounts;
  FactorStore& factors;
  DeviceStore& devices;
  SessionStore& sessions;
  ChallengeStore& challenges;
  FailureStore& failures;
  LinkStore& links;
  AuditLog& audit;
};

/// What must outlive the suite.
struct LoginWorld {
  KdfPool& pool;
  Scheduler& scheduler;
  const Clock& clock;
  Random& random;
  Ids& ids;
  MetricRegistry& registry;
  Logger& log;
  LimitGate& limits;
};

struct LoginKeys {
  /// 32 secret bytes that the database does not hold, the same on every replica. What is counted, capped and
  /// sent is hashed under keys made of it.
  Secret pepper{};
};

class LoginSuite {
 public:
  LoginSuite(const LoginStores& stores, const LoginWorld& world, const LoginKeys& keys,
             const std::shared_ptr<const LoginRules>& rules, const KdfPoolConfig& pool, PostSetup post,
             OpenSession open_session);
  /// Mails that wait are still sent, within reason.
  ~LoginSuite();
  LoginSuite(const LoginSuite&) = delete;
  LoginSuite& operator=(const LoginSuite&) = delete;

  Login& login() { return login_; }
  Enrolment& enrolment() { return enrolment_; }
  Recovery& recovery() { return recovery_; }
  Contacts& contacts() { return contacts_; }
  PhoneCheck& phones() { return phones_; }
  AttemptGate& gate() { return gate_; }
  KnownDevices& devices() { return devices_; }
  TryLimit& tries() { return tries_; }
  Post& post() { return post_; }
  void reload(std::shared_ptr<const LoginRules> rules);

 private:
  LoginSettings settings_;
  LoginJournal journal_;
  TryLimit tries_;
  AttemptGate gate_;
  KnownDevices devices_;
  Post post_;
  SendCaps caps_;
  PasswordCheck passwords_;
  CodeCheck codes_;
  FactorCheck factors_;
  Challenges challenges_;
  Login login_;
  Enrolment enrolment_;
  OneTimeLinks links_;
  Recovery recovery_;
  Contacts contacts_;
  PhoneCheck phones_;
};

}  // namespace picket::authd
