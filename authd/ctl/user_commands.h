// `authctl user ...` and `authctl sessions ...`: on any UserDesk.
#pragma once

#include "authd/ctl/ctl_line.h"
#include "authd/ctl/terminal.h"
#include "authd/ctl/user_desk.h"

namespace picket::authd {

/// The exit status. NotFound when `line.command` is none of these.
Result<int> run_user_command(UserDesk& desk, const CtlLine& line, Terminal& terminal);

/// "user create", ...: those that also work through a running daemon.
bool is_user_command(std::string_view command);

}  // namespace picket::authd
