// The part of authd that needs the database: stores, keys, sessions, the login, limits, and the work that
// comes again. Made once the database is open; started and stopped once.
#pragma once

#include <memory>
#include <vector>

#include "authd/audit/audit_trail.h"
#include "authd/config/authd_config.h"
#include "authd/http/http_parts.h"
#include "authd/limits.h"
#include "authd/login/login_suite.h"
#include "authd/secrets/secrets.h"
#include "authd/sessions/session_collector.h"
#include "authd/sessions/signing_key_keeper.h"
#include "authd/store/audit_anchor.h"
#include "authd/store/stores.h"
#include "authd/store/write_probe.h"
#include "authd/upkeep/upkeep.h"
#include "base/daemon/service.h"
#include "base/net/event_loop.h"

namespace picket::authd {

/// What authd reaches other machines with. Outlives the core.
struct Outbound {
  EventLoop& loop;
  Resolver& resolver;
  HttpClient& client;
};

class AuthCore {
 public:
  /// Opens the database, finds or makes the keys, and loads the signing keys; fails while one of them cannot
  /// be had. `config` has its issuer and public URL filled in.
  static Result<std::shared_ptr<AuthCore>> open(DaemonContext& context, const AuthdConfig& config,
                                                const Outbound& outbound);
  ~AuthCore();
  AuthCore(const AuthCore&) = delete;
  AuthCore& operator=(const AuthCore&) = delete;

  /// Begins the recurring work. Tells on the log how to make the first owner while there is none.
  void start();
  /// Ends it and writes what is only in memory.
  void stop();
  Result<void> reload(const AuthdConfig& config);
  const std::shared_ptr<const HttpParts>& parts() const { return http_; }
  std::vector<Collector*> collectors();
  /// "" when the database can be used. It cannot when it has not answered for so long that nobody is
  /// believed, or when it takes nothing, so that nobody can log in.
  std::string store_fault() const;

 private:
  /// What is there before anything that has metrics is made.
  struct Foundation {
    std::unique_ptr<sql::Database> database;
    AuthdSecrets secrets;
    std::unique_ptr<AuditAnchor> anchor;
    std::unique_ptr<Stores> stores;
    std::unique_ptr<SigningKeyKeeper> keys;
    std::shared_ptr<const LoginRules> rules;
  };
  static Result<Foundation> lay(DaemonContext& context, const AuthdConfig& config, const Outbound& outbound);
  AuthCore(DaemonContext& context, const AuthdConfig& config, const Outbound& outbound,
           Foundation foundation);

  static Result<std::unique_ptr<AuditAnchor>> open_anchor(DaemonContext& context, sql::Database& database,
                                                          const Secret& key);
  void plan_upkeep();
  void tell_first_owner();
  Result<void> prune();

  DaemonContext& context_;
  const Outbound outbound_;
  const AuthdConfig started_with_;
  Foundation base_;
  FileSink audit_file_;
  AuditTrail audit_;
  Ids ids_;
  Limits limits_;
  SharedGuards guards_;
  EndedGrants ended_;
  Sessions sessions_;
  IdentityCheck identities_;
  KdfPool kdf_;
  LoginSuite login_;
  WriteProbe probe_;
  SessionCollector session_collector_;
  std::shared_ptr<const HttpParts> http_;
  std::atomic<std::int64_t> audit_retention_ms_;
  Upkeep upkeep_;  // last: its jobs use the rest
};

}  // namespace picket::authd
