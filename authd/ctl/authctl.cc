#include "authd/ctl/authctl.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "authd/ctl/audit_commands.h"
#include "authd/ctl/block_commands.h"
#include "authd/ctl/crypto_commands.h"
#include "authd/ctl/import_command.h"
#include "authd/ctl/kdf_command.h"
#include "authd/ctl/key_commands.h"
#include "authd/ctl/limits_command.h"
#include "authd/ctl/remote_desk.h"
#include "authd/ctl/store_blocks.h"
#include "authd/ctl/store_desk.h"
#include "authd/ctl/user_commands.h"

namespace picket::authd {
namespace {

/// The commands that people begin with, before authd was ever started. The others make no database: a folder
/// that was mistyped has none.
Workplace::Absent absent_for(std::string_view command) {
  const bool begins = command == "user create" || command == "import";
  return begins ? Workplace::Absent::Make : Workplace::Absent::Refuse;
}

/// What is done on the store alone.
struct StoreCommand {
  std::string_view name;
  Result<int> (*run)(Workplace&, const CtlArguments&, Terminal&);
};
constexpr std::array kStoreCommands{
    StoreCommand{"keys list", keys_list},           StoreCommand{"keys rotate", keys_rotate},
    StoreCommand{"crypto add-key", crypto_add_key}, StoreCommand{"crypto rotate", crypto_rotate},
    StoreCommand{"crypto verify", crypto_verify},   StoreCommand{"crypto accept-keys", crypto_accept_keys},
    StoreCommand{"audit verify", audit_verify},     StoreCommand{"audit export", audit_export},
    StoreCommand{"audit query", audit_query},       StoreCommand{"audit accept", audit_accept},
    StoreCommand{"import", import_accounts},
};

Result<int> run_user(const CtlLine& line, Terminal& terminal) {
  if (!line.flags.url.empty()) {
    auto desk = RemoteDesk::connect(line.flags);
    if (!desk) return fail(desk);
    return run_user_command(*desk, line, terminal);
  }
  auto place = Workplace::open(line.flags, absent_for(line.command));
  if (!place) return fail(place);
  StoreDesk desk(std::move(*place));
  return run_user_command(desk, line, terminal);
}

Result<int> run_block(const CtlLine& line, Terminal& terminal) {
  if (!line.flags.url.empty()) {
    auto desk = RemoteDesk::connect(line.flags);
    if (!desk) return fail(desk);
    return run_block_command(*desk, line, terminal);
  }
  auto place = Workplace::open(line.flags, absent_for(line.command));
  if (!place) return fail(place);
  StoreBlocks desk(std::move(*place));
  return run_block_command(desk, line, terminal);
}

Result<int> run_on_store(const CtlLine& line, Terminal& terminal) {
  auto place = Workplace::open(line.flags, absent_for(line.command));
  if (!place) return fail(place);
  const auto* const command = std::ranges::find(kStoreCommands, line.command, &StoreCommand::name);
  check(command != kStoreCommands.end(), "every command of the command line is known here");
  return command->run(**place, line.arguments, terminal);
}

/// With a store beside it: the account that is meant, and the blocks in force.
Result<int> run_limits(const CtlLine& line, Terminal& terminal) {
  const CtlFlags& flags = line.flags;
  const bool has_store = !flags.storage_dsn.empty() || RealFiles().exists(flags.storage_path + "/authd.db");
  if (has_store) {
    auto place = Workplace::open(flags);
    if (!place) return fail(place);
    const auto user =
        line.arguments.user.empty() ? Result<User>(User()) : (*place)->find_user(line.arguments.user);
    if (!user) return fail(user);
    const auto blocks = (*place)->stores().blocks().list((*place)->clock().wall());
    if (!blocks) return fail(blocks);
    return explain_limits((*place)->config().ratelimit, {line.arguments, user->id, *blocks}, terminal);
  }
  auto config = flags.config_file.empty() ? Result<AuthdConfig>(AuthdConfig())
                                          : load_authd_config(flags.config_file, RealFiles());
  if (!config) return fail(config);
  return explain_limits(config->ratelimit, {line.arguments, line.arguments.user, {}}, terminal);
}

/// SQLite's files would then belong to whoever runs this, and authd could not open them.
void warn_about_owner(const CtlFlags& flags, Terminal& terminal) {
  struct stat status {};
  if (!flags.url.empty() || ::stat(flags.storage_path.c_str(), &status) != 0) return;
  if (status.st_uid == ::geteuid()) return;
  terminal.err << "authctl: " << flags.storage_path << " belongs to the user with uid " << status.st_uid
               << ": run authctl as that user, or authd may not be able to open what is made now\n";
}

Result<int> run(const CtlLine& line, Terminal& terminal) {
  if (is_user_command(line.command)) return run_user(line, terminal);
  if (is_block_command(line.command)) return run_block(line, terminal);
  if (!line.flags.url.empty()) {
    terminal.err << "authctl: " << line.command
                 << " works on the store, not through a running authd: leave --url, give --storage.path\n";
    return kExitUsage;
  }
  if (line.command == "kdf calibrate") return kdf_calibrate(line.arguments, terminal);
  if (line.command == "limits explain") return run_limits(line, terminal);
  return run_on_store(line, terminal);
}

}  // namespace

int run_authctl(int argc, const char* const* argv, Terminal& terminal) {
  const auto line = parse_ctl_line(argc, argv);
  if (!line) {
    terminal.err << "authctl: " << line.error().message << "\nRun with --help for more information.\n";
    return kExitUsage;
  }
  if (!line->print.empty()) {
    terminal.out << line->print;
    return kExitFine;
  }
  warn_about_owner(line->flags, terminal);
  const auto status = run(*line, terminal);
  if (status) return *status;
  terminal.err << "authctl: " << status.error().message << "\n";
  return kExitFailed;
}

}  // namespace picket::authd
