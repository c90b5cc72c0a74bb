#include "tests/bench/auth_servers.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "tests/support/give_up.h"
#include "tests/support/http_get.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Process;

// The limits stay on, so that they cost what they cost, but stop nobody here. Everybody is a client of a
// proxy, and tells another address.
constexpr std::string_view kConfig = R"(
trusted_proxies: [127.0.0.0/8]
ratelimit:
  tiers:
    auth: {limit: 10000, window: 1s}
    authenticated: {limit: 10000, window: 1s}
forward_auth:
  default: one_factor
)";

std::string program(std::string_view name) {
  return fmt::format("{}/{}", PICKET_BIN_DIR, name);
}

std::string app_folder() {
  return std::string(PICKET_PEERS_DIR) + "/express";
}

void wait_ready(Process& process, int port, std::string_view name) {
  const bool is_ready = test::wait_until(seconds(30), milliseconds(20), [&] {
    return test::http_get(fmt::format("http://127.0.0.1:{}/-/ready", port)).status == 200 ||
           !process.running();
  });
  if (!is_ready || !process.running())
    test::give_up(fmt::format("{} does not start: {}", name, process.errors()));
}

std::string users_csv(const std::string& password_hash) {
  std::string text = "username,email,role,password_hash\n";
  for (int i = 0; i < kUsers; ++i)
    text += fmt::format("{0},{0}@example.org,user,\"{1}\"\n", user_name(i), password_hash);
  return text;
}

std::string users_json(const std::string& password_hash) {
  std::string text;
  for (int i = 0; i < kUsers; ++i) {
    text += fmt::format(R"({}"{}": {{"hash": "{}", "role": "user"}})", i == 0 ? "{" : ",\n", user_name(i),
                        password_hash);
  }
  return text + "}\n";
}

}  // namespace

std::string user_name(int number) {
  return fmt::format("user{:04}", number);
}

AuthdServer::AuthdServer(const std::string& password_hash) {
  const test::Finished made =
      test::run_to_end({.argv = {program("authctl"), "--storage.path", dir_.path(), "import", "--format",
                                 "csv", dir_.write("users.csv", users_csv(password_hash))}},
                       seconds(120));
  if (made.exit_code != 0) test::give_up("authctl import: " + made.output + made.errors);
  process_ = std::make_unique<Process>(std::vector<std::string>{
      program("authd"), "--config.file", dir_.write("authd.yml", kConfig), "--storage.path", dir_.path(),
      "--web.listen-address", fmt::format("127.0.0.1:{}", port_), "--log.level", "warn"});
  wait_ready(*process_, port_, "authd");
}

ExpressApp::ExpressApp() {
  const std::string folder = app_folder();
  std::filesystem::create_directories(folder);
  for (const char* file : {"package.json", "app.js"}) {
    std::filesystem::copy_file(fmt::format("{}/tests/bench/peers/express/{}", PICKET_SOURCE_DIR, file),
                               fmt::format("{}/{}", folder, file),
                               std::filesystem::copy_options::overwrite_existing);
  }
  const test::Finished installed = test::run_to_end(
      {.argv = {test::find_program("npm", "npm"), "install", "--no-audit", "--no-fund", "--prefer-offline"},
       .cwd = folder},
      seconds(180));
  if (installed.exit_code != 0) problem_ = "npm could not install the peer: " + installed.errors;
}

std::string ExpressApp::hash(int bcrypt_cost) const {
  const test::Finished made = test::run_to_end(
      {.argv = {test::find_program("node", "nodejs"), "app.js", "--hash", std::to_string(bcrypt_cost)},
       .cwd = app_folder(),
       .stdin_text = std::string(kPassword)});
  if (made.exit_code != 0) test::give_up("the peer does not hash: " + made.errors);
  return made.output;
}

std::unique_ptr<Process> ExpressApp::start(const std::string& users_file, int port) const {
  auto process = std::make_unique<Process>(test::ProcessOptions{
      .argv = {test::find_program("node", "nodejs"), "app.js", std::to_string(port), users_file},
      .env = {{"NODE_ENV", "production"}},
      .cwd = app_folder()});
  wait_ready(*process, port, "the peer");
  return process;
}

ExpressServer::ExpressServer(const ExpressApp& app, int bcrypt_cost)
    : process_(app.start(dir_.write("users.json", users_json(app.hash(bcrypt_cost))), port_)) {}

}  // namespace picket::bench
