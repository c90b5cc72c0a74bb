#include "tests/e2e/authd/auth_daemon.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/time/clock.h"
#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

std::string program(const std::string& name) {
  return std::string(PICKET_BIN_DIR) + "/" + name;
}

HttpHeaders headers_of(const std::string& token) {
  HttpHeaders headers{{"Content-Type", "application/json"}};
  if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
  return headers;
}

/// git keeps no modes, and authd takes no keys that others may read.
void make_private(const std::filesystem::path& folder) {
  using std::filesystem::perms;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    std::filesystem::permissions(entry, perms::owner_read | perms::owner_write);
  std::filesystem::permissions(folder, perms::owner_all);
}

constexpr int kBusyMs = 10'000;

void run_sqlite(const std::string& file, const std::string& statements) {
  sqlite3* database = nullptr;
  char* message = nullptr;
  const bool is_open = sqlite3_open(file.c_str(), &database) == SQLITE_OK;
  if (is_open) sqlite3_busy_timeout(database, kBusyMs);
  const bool is_done =
      is_open && sqlite3_exec(database, statements.c_str(), nullptr, nullptr, &message) == SQLITE_OK;
  if (!is_done) give_up(fmt::format("running SQL on {}: {}", file, message == nullptr ? "" : message));
  sqlite3_close(database);
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) give_up("cannot read " + path);
  return std::move(text).str();
}

AuthDaemon::AuthDaemon(AuthDaemonOptions options) : options_(std::move(options)) {
  dir_.write("authd.yml", options_.config);
  if (!options_.secrets_from.empty()) {
    std::filesystem::copy(options_.secrets_from + "/secrets", dir_.file("secrets"),
                          std::filesystem::copy_options::recursive);
    make_private(dir_.file("secrets"));
  }
  if (!options_.sqlite_dump.empty()) run_sqlite(dir_.file("authd.db"), read_file(options_.sqlite_dump));
  start();
}

void AuthDaemon::run_sql(const std::string& statements) const {
  run_sqlite(dir_.file("authd.db"), statements);
}

void AuthDaemon::launch() {
  if (process_) log_ += process_->errors() + "--- started again ---\n";
  std::vector<std::string> argv{program("authd"),
                                "--config.file",
                                dir_.file("authd.yml"),
                                "--web.listen-address",
                                "127.0.0.1:" + std::to_string(options_.port),
                                "--storage.path",
                                dir_.path(),
                                "--log.level",
                                "debug"};
  if (!options_.dsn.empty()) argv.insert(argv.end(), {"--storage.dsn", options_.dsn});
  process_ = std::make_unique<Process>(std::move(argv));
}

bool AuthDaemon::wait_ready(bool ready) {
  return wait_until(seconds(30), std::chrono::milliseconds(20), [&] {
    return (http_get(url("/-/ready")).status == 200) == ready || !process_->running();
  });
}

Finished AuthDaemon::healthcheck() const {
  return run_to_end({.argv = {program("authd"), "--healthcheck", "--web.listen-address",
                              "127.0.0.1:" + std::to_string(options_.port)},
                     .env = {},
                     .cwd = {},
                     .stdin_text = {}});
}

void AuthDaemon::start() {
  launch();
  if (!wait_ready() || !process_->running()) give_up("authd is not ready: " + log());
}

Finished AuthDaemon::authctl(std::vector<std::string> arguments, const std::string& input) {
  std::vector<std::string> argv{program("authctl"), "--storage.path", dir_.path()};
  if (!options_.dsn.empty()) argv.insert(argv.end(), {"--storage.dsn", options_.dsn});
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_to_end({.argv = std::move(argv), .env = {}, .cwd = {}, .stdin_text = input});
}

void AuthDaemon::create_user(const std::string& name, const std::string& role, const std::string& password) {
  const Finished made = authctl({"user", "create", "--username", name, "--email", name + "@example.org",
                                 "--role", role, "--password-stdin"},
                                password + "\n");
  if (made.exit_code != 0) give_up("authctl: " + made.errors + made.output);
}

HttpAnswer AuthDaemon::send(const std::string& method, const std::string& path, const json& body,
                            const std::string& token) const {
  return http_send({.method = method,
                    .url = url(path),
                    .headers = headers_of(token),
                    .body = body.is_null() ? "" : body.dump(),
                    .timeout = seconds(30)});
}

HttpAnswer AuthDaemon::post(const std::string& path, const json& body, const std::string& token) const {
  return send("POST", path, body, token);
}

HttpAnswer AuthDaemon::get(const std::string& path, const std::string& token) const {
  return send("GET", path, nullptr, token);
}

json AuthDaemon::login(const std::string& name, const std::string& password) const {
  const HttpAnswer answer = post("/api/v1/auth/login", {{"username", name}, {"password", password}});
  if (answer.status != 200) give_up("login of " + name + ": " + answer.body + answer.error + log());
  return json::parse(answer.body);
}

std::string AuthDaemon::enrol(json& tokens, const std::string& password) const {
  const HttpAnswer offer =
      post("/api/v1/auth/2fa/setup", {{"method", "totp"}, {"password", password}}, tokens.at("access_token"));
  if (offer.status != 200) give_up("2fa/setup: " + offer.body + log());
  std::string secret = json::parse(offer.body).at("secret");
  const HttpAnswer verified =
      post("/api/v1/auth/2fa/verify", {{"code", app_code(secret)}}, tokens.at("access_token"));
  if (verified.status != 200) give_up("2fa/verify: " + verified.body + log());
  tokens = json::parse(verified.body);
  return secret;
}

HttpAnswer AuthDaemon::verify(const std::string& token, const std::string& original,
                              const std::string& method) const {
  HttpHeaders headers{{"X-Original-URL", original}, {"X-Original-Method", method}};
  if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
  return http_get(url("/api/v1/auth/verify"), headers);
}

double AuthDaemon::metric(const std::string& series) const {
  double sum = 0;
  std::stringstream lines(http_get(url("/metrics")).body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series)) sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

std::string app_code(const std::string& base32, int steps) {
  const WallTime now = SystemClock().wall() + steps * seconds(30);
  const auto unix_time = std::chrono::duration_cast<seconds>(now.time_since_epoch()).count();
  const Finished code = run_to_end({.argv = {find_program("oathtool", "oathtool"), "--totp", "-b", "-N",
                                             "@" + std::to_string(unix_time), base32},
                                    .env = {},
                                    .cwd = {},
                                    .stdin_text = {}});
  if (code.exit_code != 0) give_up("oathtool: " + code.errors);
  return code.output.substr(0, code.output.find('\n'));
}

}  // namespace picket::test
