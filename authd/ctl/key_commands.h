// `authctl keys ...`: the keys that sign tokens.
#pragma once

#include "authd/ctl/terminal.h"
#include "authd/ctl/workplace.h"

namespace picket::authd {

Result<int> keys_list(Workplace& place, const CtlArguments& args, Terminal& terminal);
Result<int> keys_rotate(Workplace& place, const CtlArguments& args, Terminal& terminal);

}  // namespace picket::authd
