#include "tests/support/caddy_server.h"

#include "tests/support/give_up.h"
#include "tests/support/listening.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

// No ports besides those of the sites.
constexpr const char* kGlobal =
    "{\n  admin off\n  auto_https off\n  servers {\n    protocols h1 h2\n  }\n}\n";

}  // namespace

CaddyServer::CaddyServer(const std::string& sites, int port) {
  const std::string file = dir_.write("Caddyfile", kGlobal + sites);
  const std::string& home = dir_.path();
  process_ = std::make_unique<Process>(ProcessOptions{
      .argv = {find_program("caddy", "caddy"), "run", "--adapter", "caddyfile", "--config", file},
      .env = {{"HOME", home}, {"XDG_CONFIG_HOME", home}, {"XDG_DATA_HOME", home}},
      .cwd = {},
      .stdin_text = {}});
  const bool ready =
      wait_until(std::chrono::seconds(20), [&] { return is_listening(port) || !process_->running(); });
  if (!ready || !process_->running()) give_up("Caddy does not answer: " + log());
}

}  // namespace picket::test
