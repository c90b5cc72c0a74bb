// What the actions of the API work with, once the store is open.
#pragma once

#include "authd/accounts/account_store.h"
#include "authd/accounts/credential_store.h"
#include "authd/accounts/factor_store.h"
#include "authd/accounts/session_store.h"
#include "authd/audit/audit_log.h"
#include "authd/guards/shared_guards.h"
#include "authd/login/contacts.h"
#include "authd/login/enrolment.h"
#include "authd/login/login.h"
#include "authd/login/phone_check.h"
#include "authd/login/recovery.h"
#include "authd/ratelimit/limit_gate.h"
#include "authd/sessions/identity_check.h"
#include "base/log/logger.h"

namespace picket::authd {

struct HttpParts {
  Login& login;
  Enrolment& enrolment;
  Recovery& recovery;
  Contacts& contacts;
  PhoneCheck& phones;
  AttemptGate& attempts;
  TryLimit& tries;
  KnownDevices& known;
  Sessions& sessions;
  IdentityCheck& identities;
  EndedGrants& ended;
  AccountStore& accounts;
  FactorStore& factors;
  DeviceStore& devices;
  SessionStore& session_store;
  SharedGuards& guards;
  ApiKeyStore& api_keys;
  AuditLog& audit;
  LimitGate& gate;
  const PublishedKeys& keys;
  Ids& ids;
  Random& random;
  const Clock& clock;
  Logger& log;
  Secret api_key_mac{};            ///< key of the MAC that API keys are stored as
  bool limits_are_remote = false;  ///< counted in Redis: the gate may wait for it
};

}  // namespace picket::authd
