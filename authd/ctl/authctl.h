// authctl as a function: what main() and the tests call.
#pragma once

#include "authd/ctl/terminal.h"

namespace picket::authd {

/// The exit status: see terminal.h.
int run_authctl(int argc, const char* const* argv, Terminal& terminal);

}  // namespace picket::authd
