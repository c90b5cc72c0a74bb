#include "tests/e2e/compose/container_engine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>

#include "base/text/strings.h"
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

/// A new network has its loopback down.
bool raise_loopback() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::string_view("lo").copy(request.ifr_name, sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_UP;
  const bool raised = socket >= 0 && ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  if (socket >= 0) ::close(socket);
  return raised;
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
  if (!daemon_) return;
  try {
    remove_containers();
  } catch (const std::exception& e) {
    std::cerr << "containers are left: " << e.what() << "\n";
  }
  stop();
}

void ContainerEngine::start() {
  daemon_ = std::make_unique<Process>(std::vector<std::string>{
      find_program("unshare", "util-linux"), "--net", "--pid", "--mount-proc", "--kill-child",
      find_program("dockerd", "docker.io"), "--data-root", dir_.file("data"), "--exec-root",
      dir_.file("exec"), "--host", "unix://" + dir_.file("sock"), "--pidfile", dir_.file("pid"), "--exec-opt",
      "native.cgroupdriver=cgroupfs"});
  const std::string docker_program = find_program("docker", "docker.io");
  const bool answers = wait_until(minutes(1), std::chrono::milliseconds(200), [&] {
    if (!daemon_->running()) return true;
    return run_to_end({.argv = {docker_program, "version"}, .env = environment()}).exit_code == 0;
  });
  if (answers && daemon_->running()) return;
  why_not_ = "dockerd does not start: " + end_of(daemon_->errors());
  daemon_.reset();
}

void ContainerEngine::remove_containers() const {
  const std::string containers = docker({"ps", "--all", "--quiet"});
  std::vector<std::string> command{"rm", "--force", "--volumes"};
  for (const std::string_view id : split(containers, '\n')) {
    if (!id.empty()) command.emplace_back(id);
  }
  if (command.size() > 3) docker(command);
}

/// dockerd is the first process of its namespace: with it all that it started ends. unshare waits for that.
void ContainerEngine::stop() {
  pid_t dockerd = 0;
  std::ifstream(fmt::format("/proc/{0}/task/{0}/children", daemon_->pid())) >> dockerd;
  for (const int number : {SIGTERM, SIGKILL}) {
    if (dockerd > 0) ::kill(dockerd, number);
    if (daemon_->wait(seconds(30))) return;
  }
}

void ContainerEngine::join_network() const {
  const std::string name = fmt::format("/proc/{}/ns/net", daemon_->pid());
  const int network = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  const bool joined = network >= 0 && ::setns(network, CLONE_NEWNET) == 0 && raise_loopback();
  if (network >= 0) ::close(network);
  if (!joined) give_up("cannot use the network of the container engine");
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
