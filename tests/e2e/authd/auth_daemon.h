// authd with its configuration and state in a folder of its own, and authctl beside it. It can be killed and
// started again on them; several may share a database. Not thread-safe.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

/// Passwords that the policy takes, of the people in these tests.
inline constexpr const char* kPassword = "four green lamps under ice";
inline constexpr const char* kOther = "seven slow trains to Minsk";

/// For authd.yml, where a test asks for more at once than people do. The tiers are the default ones.
inline const std::string kRaisedLimits =
    "ratelimit: {tiers: {global: {limit: 10000}, api: {limit: 10000}, auth: {limit: 10000}, "
    "authenticated: {limit: 10000}, \"owner:admin\": {limit: 10000}}}\n";

struct AuthDaemonOptions {
  std::string config{};        ///< authd.yml
  std::string dsn{};           ///< PostgreSQL; "" is SQLite in the folder
  std::string secrets_from{};  ///< folder of another replica, whose keys this one takes
  std::string sqlite_dump{};   ///< a file of SQL that its database is made of
  int port = free_port();
};

class AuthDaemon {
 public:
  explicit AuthDaemon(AuthDaemonOptions options = {});

  void start();   ///< waits until it is ready
  void launch();  ///< does not wait
  void kill9() { process_->kill9(); }
  int stop() { return process_->stop(); }
  bool wait_ready(bool ready = true);
  Finished healthcheck() const;  ///< `authd --healthcheck` with its flags

  int pid() const { return process_->pid(); }
  int port() const { return options_.port; }
  const std::string& folder() const { return dir_.path(); }
  /// A file of its folder, for its next start.
  void write(const std::string& name, const std::string& text) const { dir_.write(name, text); }
  /// On its SQLite database, while it runs or not.
  void run_sql(const std::string& statements) const;
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(options_.port) + path;
  }
  /// An account by authctl, with a password on its standard input.
  void create_user(const std::string& name, const std::string& role, const std::string& password);
  Finished authctl(std::vector<std::string> arguments, const std::string& input = "");

  HttpAnswer post(const std::string& path, const nlohmann::json& body, const std::string& token = "") const;
  HttpAnswer get(const std::string& path, const std::string& token = "") const;
  HttpAnswer send(const std::string& method, const std::string& path, const nlohmann::json& body,
                  const std::string& token) const;
  /// Gives up unless it is a whole login: the answer with its tokens.
  nlohmann::json login(const std::string& name, const std::string& password) const;
  /// Sets up an authenticator app for a login; answers its base32 secret. The tokens become those of the new
  /// session.
  std::string enrol(nlohmann::json& tokens, const std::string& password) const;
  HttpAnswer verify(const std::string& token, const std::string& url,
                    const std::string& method = "GET") const;
  double metric(const std::string& series) const;  ///< sum of all that start so
  std::string log() const { return log_ + process_->errors(); }

 private:
  const TempDir dir_;
  AuthDaemonOptions options_;
  std::string log_;
  std::unique_ptr<Process> process_;
};

/// The whole file; gives up when it cannot be read.
std::string read_file(const std::string& path);

/// The app's code now, by oathtool: a foreign implementation. `steps` later than now.
std::string app_code(const std::string& base32, int steps = 0);

}  // namespace picket::test
