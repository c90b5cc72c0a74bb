// One caller of each kind that a route can admit, at a daemon of their own. Gives up when one cannot be made.
#pragma once

#include <map>
#include <string>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {

class Callers {
 public:
  /// Makes the accounts. The daemon's configuration is `config` and long proofs.
  explicit Callers(std::string config);

  AuthDaemon& daemon() { return daemon_; }
  /// What makes a request one of that kind: "anonymous", "half_login", "password_due", "session" (an
  /// owner's), "user" (a session of the role user), "cookie" (the same by a cookie), "api_key",
  /// "program_token", "identity_token". Programs have the scope.
  HttpHeaders of(const std::string& kind, const std::string& scope = "*");
  /// Logs in again whom a request has logged out; owners stay.
  void renew();
  /// From now on no session's proof is fresh.
  void age();

 private:
  HttpAnswer make_key(const std::string& token, const std::string& scope);
  std::string key(const std::string& scope);
  std::string program(const std::string& scope);
  void log_in_by_cookie();

  const std::string config_;
  AuthDaemon daemon_;
  std::string owner_, half_, due_, user_, cookie_, csrf_, identity_;
  std::map<std::string, std::string> keys_, programs_;
};

}  // namespace picket::test
