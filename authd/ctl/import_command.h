// `authctl import`: accounts of another program.
#pragma once

#include "authd/ctl/terminal.h"
#include "authd/ctl/workplace.h"

namespace picket::authd {

/// Exit status 1 when something in the file is bad, also when the rest was written.
Result<int> import_accounts(Workplace& place, const CtlArguments& args, Terminal& terminal);

}  // namespace picket::authd
