#include "tests/e2e/compose/running_stack.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "base/text/strings.h"
#include "tests/support/documentation.h"
#include "tests/support/give_up.h"
#include "tests/support/program.h"

namespace picket::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;

const std::string kSource = PICKET_SOURCE_DIR;
const std::string kCache = PICKET_STACK_CACHE;
constexpr const char* kHost = "picket.example.org";

std::string run_well(ProcessOptions options) {
  const std::string what = fmt::format("{}", fmt::join(options.argv, " "));
  const Finished done = run_to_end(std::move(options), minutes(15));
  if (done.exit_code != 0) give_up(what + ": " + done.output + done.errors);
  return done.output;
}

/// compose/ without what somebody's own stack has there.
void copy_stack(const std::string& to) {
  static const std::set<std::string> theirs{".env", "config", "secrets", "image-files"};
  fs::create_directory(to);
  for (const fs::directory_entry& entry : fs::directory_iterator(kSource + "/compose")) {
    const std::string name = entry.path().filename().string();
    if (!theirs.contains(name)) fs::copy(entry.path(), to + "/" + name, fs::copy_options::recursive);
  }
}

}  // namespace

const std::vector<std::string>& our_images() {
  static const std::vector<std::string> names{"prepare",           "health_exporter", "business_exporter",
                                              "security_exporter", "alertd",          "authd"};
  return names;
}

RunningStack::RunningStack(const ContainerEngine& engine) : engine_(engine) {
  copy_checkout();
  make_files();
  engine_.join_network();
}

RunningStack::~RunningStack() {
  try {
    picket({"down", "--volumes", "--timeout", "10"});
  } catch (const std::exception& e) {
    std::cerr << "the stack does not go down: " << e.what() << "\n";
  }
}

/// What the images are built from, with our programs in their form for images.
void RunningStack::copy_checkout() const {
  run_well({.argv = {kSource + "/tests/e2e/compose/images.sh", kCache}});
  for (const std::string name : {"authd", "rules", "tools", "picket", "CMakeLists.txt", ".dockerignore"})
    fs::copy(kSource + "/" + name, checkout_.file(name), fs::copy_options::recursive);
  copy_stack(checkout_.file("compose"));
  const TempDir base;
  run_well({.argv = {"/usr/bin/tar", "-C", base.path(), "-xf", kCache + "/base.tar", "./var/lib/dpkg"}});
  run_well({.argv = {checkout_.file("compose/build-images.sh"), checkout_.file("compose/image-files"),
                     PICKET_BIN_DIR, base.file("var/lib/dpkg")}});
}

void RunningStack::make_files() const {
  picket({"init", "--host", kHost});
  std::string env = files_.read(".env");
  replace_every(env, "docker-compose.monitoring.yml",
                "docker-compose.monitoring.yml:" + kSource + "/tests/e2e/compose/catcher.yml");
  files_.write(".env", env, 0644);
}

std::string RunningStack::version() const {
  const std::string name = "\nPICKET_VERSION=", env = files_.read(".env");
  const std::size_t found = env.find(name);
  if (found == std::string::npos) give_up(".env names no version");
  const std::size_t from = found + name.size();
  return env.substr(from, env.find('\n', from) - from);
}

void RunningStack::change_config(const std::string& name, const std::string& from,
                                 const std::string& to) const {
  std::string text = files_.read("config/" + name);
  replace_every(text, from, to);
  files_.write("config/" + name, text, 0644);
}

void RunningStack::build_images() const {
  engine_.docker({"import", kCache + "/base.tar", "debian:bookworm-slim"});
  engine_.docker({"import", kCache + "/peers.tar", "picket-test/peers"});
  for (const std::string name : {"redis:7.4.5-bookworm", "nginx:1.28.0-bookworm", "prom/prometheus:v3.5.0"})
    engine_.docker({"tag", "picket-test/peers", name});
  engine_.docker(
      {"build", "--quiet", "--tag", "postgres:15.14-bookworm", kSource + "/tests/e2e/compose/postgres"});
  for (const std::string& name : our_images()) {
    engine_.docker({"build", "--quiet", "--file", checkout_.file("compose/Dockerfile"), "--target", name,
                    "--build-arg", fmt::format("VERSION={}", version()), "--tag",
                    fmt::format("picket/{}:{}", name, version()), checkout_.path()});
  }
}

std::string RunningStack::files_that_are_built_from() const {
  for (const std::string folder : {"", "prod/", "compose/"}) {
    checkout_.write(folder + ".env", "PICKET_HOST=picket.example.org\n");
    checkout_.write(folder + "secrets/tls_key", "a secret");
  }
  engine_.docker({"build", "--quiet", "--file", checkout_.file("compose/Dockerfile"), "--target", "build",
                  "--tag", "picket-test/build", checkout_.path()});
  for (const std::string folder : {"", "prod/", "compose/"}) {
    fs::remove(checkout_.file(folder + ".env"));
    fs::remove_all(checkout_.file(folder + "secrets"));
  }
  return engine_.docker({"run", "--rm", "--network", "none", "picket-test/build", "find", "/src"});
}

std::int64_t RunningStack::bytes_beyond_base(const std::string& image) const {
  const auto size_of = [&](const std::string& name) {
    return std::stoll(engine_.docker({"image", "inspect", "--format", "{{.Size}}", name}));
  };
  return size_of(fmt::format("picket/{}:{}", image, version())) - size_of("debian:bookworm-slim");
}

void RunningStack::up() const {
  picket({"up", "nginx", "authd_standby", "health_exporter", "business_exporter", "security_exporter",
          "alertd", "prometheus", "log_keeper", "mail"});
}

std::string RunningStack::picket(std::vector<std::string> arguments) const {
  std::vector<std::string> argv{checkout_.file("picket"), "compose"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.insert(argv.end(), {"--files", files_.path()});
  return run_well({.argv = std::move(argv), .env = engine_.environment()});
}

std::string RunningStack::compose(std::vector<std::string> arguments) const {
  std::vector<std::string> argv{find_program("docker-compose", "docker-compose"), "--env-file",
                                files_.file(".env")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_well({.argv = std::move(argv), .env = engine_.environment(), .cwd = checkout_.file("compose")});
}

std::string RunningStack::container_of(const std::string& service) const {
  return std::string(trim(
      engine_.docker({"ps", "--all", "--quiet", "--filter", "label=com.docker.compose.service=" + service})));
}

bool RunningStack::is_healthy(const std::string& service) const {
  const std::string container = container_of(service);
  return !container.empty() &&
         trim(engine_.docker({"inspect", "--format", "{{.State.Health.Status}}", container})) == "healthy";
}

std::string RunningStack::run_in(const std::string& service, std::vector<std::string> command,
                                 const std::string& input) const {
  std::vector<std::string> arguments{"exec", "-i", container_of(service)};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return engine_.docker(std::move(arguments), input);
}

}  // namespace picket::test
