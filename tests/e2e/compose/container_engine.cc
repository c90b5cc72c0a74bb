#include "tests/e2e/compose/container_engine.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string end_of(const std::string& text) {
  constexpr std::size_t kMax = 600;
  return text.substr(text.size() - std::min(kMax, text.size()));
}

}  // namespace

ContainerEngine::ContainerEngine() {
  if (::geteuid() != 0) {
    why_not_ = "dockerd needs root";
    return;
  }
  start();
}

ContainerEngine::~ContainerEngine() {
  if (daemon_) daemon_->stop(seconds(60));
}

void ContainerEngine::start() {
  daemon_ = std::make_unique<Process>(std::vector<std::string>{
      find_program("dockerd", "docker.io"), "--data-root", dir_.file("data"), "--exec-root",
      dir_.file("exec"), "--host", "unix://" + dir_.file("sock"), "--pidfile", dir_.file("pid"), "--exec-opt",
      "native.cgroupdriver=cgroupfs", "--bridge", "none"});
  const std::string docker_program = find_program("docker", "docker.io");
  const bool answers = wait_until(minutes(1), std::chrono::milliseconds(200), [&] {
    if (!daemon_->running()) return true;
    return run_to_end({.argv = {docker_program, "version"}, .env = environment()}).exit_code == 0;
  });
  if (answers && daemon_->running()) return;
  why_not_ = "dockerd does not start: " + end_of(daemon_->errors());
  daemon_.reset();
}

std::map<std::string, std::string> ContainerEngine::environment() const {
  return {{"DOCKER_HOST", "unix://" + dir_.file("sock")},
          {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},  // Debian's programs
          {"DOCKER_CONFIG", dir_.file("config")},
          {"COMPOSE_HTTP_TIMEOUT", "300"}};
}

std::string ContainerEngine::docker(std::vector<std::string> arguments, const std::string& input) const {
  arguments.insert(arguments.begin(), find_program("docker", "docker.io"));
  const std::string what = arguments.at(1);
  const Finished done =
      run_to_end({.argv = std::move(arguments), .env = environment(), .stdin_text = input}, minutes(10));
  if (done.exit_code != 0) give_up("docker " + what + ": " + done.output + done.errors);
  return done.output;
}

}  // namespace picket::test
