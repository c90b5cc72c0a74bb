// `authctl block ...`: on any BlockDesk.
#pragma once

#include "authd/ctl/block_desk.h"
#include "authd/ctl/ctl_line.h"
#include "authd/ctl/terminal.h"

namespace picket::authd {

/// "block list", "block add" or "block remove"; the exit status.
Result<int> run_block_command(BlockDesk& desk, const CtlLine& line, Terminal& terminal);

bool is_block_command(std::string_view command);

}  // namespace picket::authd
