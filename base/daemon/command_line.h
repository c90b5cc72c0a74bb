// The flags of every daemon, read from the command line with CLI11. No part of a running daemon sees this.
#pragma once

#include <optional>
#include <string>

#include "base/daemon/daemon.h"
#include "base/daemon/service.h"
#include "base/log/logger.h"

namespace picket {

struct CommandLine {
  enum class Mode { Run, CheckConfig, Healthcheck, Help, Version, Command };
  Mode mode = Mode::Run;
  DaemonFlags flags;
  std::vector<std::string> words{};  ///< of a Command: its name, and what stands behind it
  bool systemd_socket = false;
  Logger::Options log;
};

/// InvalidInput says which flag is wrong, and which may have been meant.
Result<CommandLine> parse_command_line(int argc, const char* const* argv, const DaemonSpec& spec);
/// What --help prints.
std::string help_text(const DaemonSpec& spec);
/// What --version prints.
std::string version_text(const DaemonSpec& spec);

}  // namespace picket
