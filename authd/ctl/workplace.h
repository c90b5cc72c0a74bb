// authd's store as authctl opens it: database, keys, configuration, and the audit log that notes what is
// done. One thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "authd/accounts/ids.h"
#include "authd/config/authd_config.h"
#include "authd/ctl/ctl_line.h"
#include "authd/secrets/secrets.h"
#include "authd/store/audit_anchor.h"
#include "authd/store/key_marks.h"
#include "authd/store/stores.h"

namespace picket::authd {

/// What a command did, for the audit log. `details` are added to {"via":"authctl","uid":...}.
struct CtlDeed {
  std::string action{};    ///< "users.suspend"
  std::string resource{};  ///< "user:<id>"
  std::vector<std::pair<std::string, std::string>> details{};
};

class Workplace {
 public:
  enum class Absent : std::uint8_t { Refuse, Make };
  /// Opens the database, finds the keys and sees to it that they fit. NotFound where there is no database and
  /// none is to be made.
  static Result<std::unique_ptr<Workplace>> open(const CtlFlags& flags, Absent absent = Absent::Refuse);

  /// By id, user name or mail address. NotFound, or InvalidInput for what can be none of them.
  Result<User> find_user(const std::string& name);
  /// After the file of the sealing keys was changed.
  Result<void> reload_secrets();

  Stores& stores() { return *stores_; }
  const MacKeys& mac_keys() const { return mac_keys_; }
  sql::Database& database() { return *database_; }
  AuditAnchor& audit_anchor() { return *anchor_; }
  const AuthdConfig& config() const { return config_; }
  const SecretSources& secret_sources() const { return sources_; }
  Files& files() { return files_; }
  Random& random() { return random_; }
  const Clock& clock() const { return clock_; }
  Ids& ids() { return ids_; }

  /// Notes how it ended, and passes that on. When it was done but cannot be noted, that is the error.
  template <class T>
  Result<T> audited(const CtlDeed& deed, Result<T> outcome) {
    const auto noted = note(deed, outcome ? nullptr : &outcome.error());
    if (outcome && !noted) return fail(noted, "it was done, but the audit log does not take it");
    return outcome;
  }

 private:
  Workplace() = default;
  Result<void> open_all(const CtlFlags& flags, Absent absent);
  Result<AuthdSecrets> find_secrets();
  Result<void> note(const CtlDeed& deed, const Error* error);

  RealFiles files_{};
  SystemRandom random_{};
  SystemClock clock_{};
  Ids ids_{clock_, random_};
  AuthdConfig config_{};
  SecretSources sources_{};
  MacKeys mac_keys_{};
  std::unique_ptr<sql::Database> database_{};
  std::unique_ptr<AuditAnchor> anchor_{};
  std::unique_ptr<Stores> stores_{};
};

}  // namespace picket::authd
