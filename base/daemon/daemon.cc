#include "base/daemon/daemon.h"

#include <algorithm>
#include <cstdio>

#include "base/daemon/allocator.h"
#include "base/daemon/command_line.h"
#include "base/daemon/daemon_process.h"
#include "base/daemon/healthcheck.h"
#include "base/http/server_tls.h"

namespace picket {
namespace {

constexpr int kBadInput = 1;
constexpr int kBadFlags = 2;

/// The file and what it names: a start would load both.
Result<void> check_web(WebConfigFile& web) {
  if (Result<void> read = web.reload(); !read) return read;
  const std::shared_ptr<const WebConfig> config = web.current();
  for (const std::string& warning : config->warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (!config->tls) return {};
  const Result<TlsContext> made = make_server_context(*config->tls);
  if (!made) return fail(made, web.path());
  return {};
}

int check_files(const CommandLine& line, const ConfigCheck& check_config) {
  const RealFiles files;
  SystemRandom random;
  WebConfigFile web(line.flags.web_config_file, files, random);
  DaemonFlags flags = line.flags;
  complete_external_url(flags, web);
  bool good = true;
  for (const Result<void>& checked : {check_config(flags, files), check_web(web)}) {
    if (checked) continue;
    good = false;
    fmt::print(stderr, "{}\n", checked.error().message);
  }
  if (good) fmt::print("ok\n");
  return good ? 0 : kBadInput;
}

int run_command(const CommandLine& line, const DaemonSpec& spec) {
  const auto command = std::ranges::find(spec.commands, line.words.front(), &DaemonCommand::name);
  check(command != spec.commands.end(), "a command that was read is one that there is");
  RealFiles files;
  return command->run({line.words.begin() + 1, line.words.end()}, line.flags, files);
}

int ask_health(const CommandLine& line) {
  const RealFiles files;
  const Result<void> healthy = check_health(line.flags, files);
  if (healthy) {
    fmt::print("ready\n");
    return 0;
  }
  fmt::print(stderr, "{}\n", healthy.error().message);
  return kBadInput;
}

}  // namespace

int run_daemon(int argc, char** argv, const DaemonSpec& spec, const ConfigCheck& check_config,
               const ServiceFactory& make_service) {
  bound_allocator();
  Result<CommandLine> line = parse_command_line(argc, argv, spec);
  if (!line) {
    fmt::print(stderr, "{}: {}\nTry {} --help.\n", spec.name, line.error().message, spec.name);
    return kBadFlags;
  }
  switch (line->mode) {
    case CommandLine::Mode::Help:
      fmt::print("{}", help_text(spec));
      return 0;
    case CommandLine::Mode::Version:
      fmt::print("{}", version_text(spec));
      return 0;
    case CommandLine::Mode::CheckConfig:
      return check_files(*line, check_config);
    case CommandLine::Mode::Healthcheck:
      return ask_health(*line);
    case CommandLine::Mode::Command:
      return run_command(*line, spec);
    case CommandLine::Mode::Run:
      break;
  }
  return DaemonProcess(spec, std::move(*line), check_config, make_service).run();
}

}  // namespace picket
